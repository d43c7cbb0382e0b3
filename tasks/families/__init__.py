"""The families of tasks: one module a family, found by the registry."""
