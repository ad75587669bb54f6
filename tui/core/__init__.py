"""Pure knowledge: objects, sizes, topology files, placement, plans. No input or output."""
