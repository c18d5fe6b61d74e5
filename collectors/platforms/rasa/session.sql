-- The planner cannot see through the expressions that make canonical columns: it takes thousands of rows for one, and would go through
-- all rows of one relation for each row of another. The mappings fetch by index where that is right; what is left is hashed, in memory:
-- with PostgreSQL's own 4 MB a week goes to disk several times over, and ids that are text take longer to sort than to hash.
SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off; SET LOCAL work_mem = '64MB'
