-- A week of guided conversations, with what came of them, is hashed and sorted in memory: with PostgreSQL's own 4 MB it goes to disk
-- several times over. What has no statistics is joined by hash: to sort ids that are text for a merge takes longer than all else, in order
-- of a language several times so.
SET LOCAL work_mem = '64MB'; SET LOCAL enable_mergejoin = off
