"""What learns nothing, a file each."""
