"""Reading a report from a file: plain text, Markdown and DOCX become the same list of blocks (`blocks.Source`)."""
