"""The catalogue, written out for others.

As open data: `selection` says what is open to everybody, `schema_org` and `cpsv_ap` describe it in a vocabulary each,
`linked` holds what both share, `documents` puts JSON-LD together from them. All of these are pure functions.
"""
