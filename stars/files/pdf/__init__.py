"""Makes a PDF in a process of its own: `python -m stars.files.pdf STATIC_FOLDER MEMORY < page.html > page.pdf`."""

LACKS_LIBRARIES = 3  # exit status: this machine has no Pango
FAILED = 4  # exit status: this document cannot be made
MOST_PAGES = 80
MOST_MEMORY = 1024**3
MOST_CPU_SECONDS = 40
