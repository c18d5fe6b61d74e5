-- The planner cannot see through the expressions that make canonical columns: it takes thousands of rows for one, and would go through
-- all rows of one relation for each row of another. The mappings fetch by index where that is right; what is left is hashed.
SET LOCAL enable_nestloop = off
