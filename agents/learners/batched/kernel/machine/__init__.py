"""What is compiled: numbers in and out, one seed at a time; arithmetic in a fixed order, without a library of products."""
