-- Until the transaction ends, ask of the project @project (bigint) alone, under the role that sees no other's rows.
SELECT set_config('fortnight.project', @project::bigint::text, true), set_config('role', 'fortnight_tenant', true)
