"""Lists of what was taken down, and applying one to a dataset that was made before."""
