"""One file for each page under a tab, and for each section of More."""
