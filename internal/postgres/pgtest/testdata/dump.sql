-- A dump as pg_dump writes it.
\restrict abc
CREATE TABLE fruit (
    name text PRIMARY KEY, -- with; a comment
    note text
);

COPY fruit (name, note) FROM stdin;
fig	tab\tand; line\n
date	\N
\.

CREATE INDEX ON fruit (note);
\unrestrict abc
