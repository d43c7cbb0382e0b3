"""Many runs: suites say which, worker processes carry them out, the store keeps their records and resumes."""
