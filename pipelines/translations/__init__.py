"""Language versions of one article: which there are, and which of their paragraphs translate each other."""
