"""Publish one structured health article as accessible HTML, print PDF and EPUB, every word proven.

One road; values flow down it and nothing flows back (``pipeline.py`` is that line)::

    source/<id>/article.yaml --> Article --> bytes per edition --> Problems or none --> output/<id>/
    source                       model       render                verify               release

The map, lowest layer first; imports only go down:

    0  errors       Place, Problem, PublishError: every message to an author
       identifiers  DOI, PMID, NCT, jRCT …: form, check digit, address
    1  model        Article and its blocks, House, Edition, Words: frozen values
       files        read one file, if it stands inside its folder and is not too large
       isolate      run a function in a process of its own, fenced in and within limits
    2  source/      nodes (YAML with places), prose (Markdown), pictures, vector (what an SVG may
                    hold), exports (what is left out of one), programs (who drew it, and what to do
                    there), spots (where things stand in one), limits, messages (faults in plain
                    words), blocks, targets (ids, notes, links), editions, sheets (questions to
                    take along), identify (ids of lines), places (where a problem was written),
                    article (all of it); schema (for editors)
       layout       Layouts (templates, interface words, fonts), View (what differs by format)
       manifest     what a release holds, file by file and block by block, as digests
    3  render/      html, pdf (+ tags: the tag tree; glyphs: what they stand for; paper: page, type,
                    colours of an edition),
                    epub (+ cover, package): article -> bytes; engine: WeasyPrint kept to our own
                    files and fonts
       verify/      reading, expected, html, pdf (+ page, fonts: what is drawn; tagtree, destinations:
                    what is said; seen: what no eye finds; opened: how it is shown; aloud: told as drawn;
                    directions, lines: drawn from right to left), epub, compare, pages,
                    letters (of print: do they look like what they say),
                    drawings (what print shows beside words): bytes -> what was read -> problems;
                    sheets, values, styles (what a style hides), properties, markup (which styles
                    and attributes are understood); described (metadata, names that are heard);
                    measure, clear_print, ground, ink, length: how print looks -> problems; safety:
                    what a file could run, fetch or send -> problems; advice: what to do about them
    4  formats      one row per format: name, render, read
       release      staged folder -> output/<id>/, at once or not at all
       jobs         what runs apart: with which limits, able to read which folders
       toolchain    versions and digests of what a release depends on
    5  project      a folder of articles: its settings and layouts, its sources read
    6  proof        one finished file -> every problem of it
    7  pipeline     the recipe: read, render, prove, release
       inspection   ``publish verify``: files and releases from anywhere, read back, told, measured
       starter      a new project: settings, schemas, a first article
    8  cli          the only place that prints or chooses an exit code

Two walls: ``verify`` imports nothing of ``render`` or ``layout``; renderers do not import each
other. ``layouts/`` (templates, styles, fonts, interface words) decide look, never wording.
"""
