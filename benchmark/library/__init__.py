"""What `import symprior` offers beyond the floors' own names."""
