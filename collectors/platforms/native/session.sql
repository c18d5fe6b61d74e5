-- A week of guided conversations, with what came of them, is hashed and sorted in memory: with PostgreSQL's own 4 MB it goes to disk
-- several times over.
SET LOCAL work_mem = '64MB'
