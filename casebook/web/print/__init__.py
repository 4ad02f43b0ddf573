"""The book on paper and in a reader for books: PDF and EPUB, made from the site (`make print`).

`still` makes of a page's article one that stands without scripts, `volume` says which pages a file
has and joins their links, `paper` sets them as HTML for paper, `pdf` prints that, `epub` packs the
same articles, `check` looks at what came out, `links` leads to the files from the pages.
"""
