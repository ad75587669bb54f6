"""The same without a screen. Results go to standard output, progress to standard error."""
