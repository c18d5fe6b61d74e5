-- The planner cannot see through the expressions that make canonical columns: it takes thousands of rows for one, and would go through
-- all rows of one relation for each row of another; what the mappings do not fetch by index is hashed. It also takes the ids that a mapping is
-- handed for more than they are, and would go through all answers: they are fetched by index wherever there is one.
SET LOCAL enable_nestloop = off; SET LOCAL enable_seqscan = off
