-- Which sources has the project @project_id (bigint), what did the last look at each find, and which digests read it?
SELECT s.source_id, s.key, s.platform, s.dsn_sealed, s.tenant, s.link, s.checked_at, s.fault, s.fault_since, s.checks, s.findings, s.sections,
       ARRAY(SELECT d.key
             FROM fortnight.digests d
             WHERE d.project_id = s.project_id AND jsonb_path_exists(d.config, '$.Sections[*] ? (@.Source == $source)', jsonb_build_object('source', s.key))
             ORDER BY d.key) AS used
FROM fortnight.sources s
WHERE s.project_id = @project_id
ORDER BY s.source_id
