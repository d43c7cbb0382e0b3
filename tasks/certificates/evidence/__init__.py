"""The evidence of a certificate: single steps, starts, roll-outs and restored states, compared exactly or as samples."""
