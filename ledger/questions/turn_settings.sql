-- For this transaction: plans that are made once, for to plan a turn's questions anew costs more than to run them; and a lock that
-- another holds for long is not waited for: a turn that meets one is tried again, by itself.
SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('lock_timeout', '500ms', true)
