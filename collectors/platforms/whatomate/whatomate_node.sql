-- Helper: the steps of flows that are graphs, in the order of their nodes, and of the older ones.
SELECT f.id AS flow_id, n.node ->> 'id' AS step_name, n.place::int AS position, coalesce(nullif(n.node ->> 'label', ''), n.node ->> 'id') AS label,
    coalesce(n.node #>> '{config,body}', n.node #>> '{config,message}', n.node #>> '{config,text}') AS prompt,
    n.node ->> 'type' IN ('prompt', 'buttons', 'whatsapp_flow') AS is_question
FROM (
    SELECT DISTINCT s.current_flow_id AS id
    FROM whatomate_flow s
) u
JOIN chatbot_flows f ON f.id = u.id
CROSS JOIN LATERAL jsonb_array_elements(
    CASE WHEN jsonb_typeof(to_jsonb(f) #> '{graph,nodes}') = 'array' THEN to_jsonb(f) #> '{graph,nodes}' ELSE '[]' END) WITH ORDINALITY AS n (node, place)
UNION ALL
SELECT p.flow_id, p.step_name, p.position, p.label, p.prompt, p.is_question
FROM whatomate_step p
WHERE NOT EXISTS (
    SELECT FROM chatbot_flows f
    WHERE f.id = p.flow_id AND jsonb_typeof(to_jsonb(f) #> '{graph,nodes}') = 'array')
