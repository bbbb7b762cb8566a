"""Show an article in one format: article, edition, house and layouts in, the bytes of one finished file out."""
