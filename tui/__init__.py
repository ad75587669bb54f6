"""The engine of brickyard: what it knows, asks and changes. `screens` shows it."""

__version__ = "0.1.0"
