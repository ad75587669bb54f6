"""One room per language we speak: builds commands and parses answers, without I/O."""
