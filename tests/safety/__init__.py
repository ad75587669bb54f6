"""An adversary tries to make brickyard touch what it was not told to touch."""
