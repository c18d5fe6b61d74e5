package collectors

import "testing"

// Dora is written to by the website's campaign and answers within the hour; Emil gets two templates, one of which fails, the other is read.
const chatwootCampaigns = `
	INSERT INTO inboxes (id, name, channel_type) VALUES (2, 'WhatsApp', 'Channel::Whatsapp');
	INSERT INTO campaigns (id, title, inbox_id, campaign_type) VALUES (9, 'Spring sale', 1, 0), (10, 'Reminder', 2, 1);
	INSERT INTO conversations (id, created_at, contact_id, inbox_id, campaign_id) VALUES (1, at('16 09:00'), 1, 1, 9), (2, at('17 09:00'), 2, 2, NULL);
	SELECT says(1, '16 09:00', NULL, '{}', '{"campaign_id": "9"}'), asks(1, '16 09:40');
	SELECT says(2, '17 09:00', 'User', '{"external_error": "131026: not a WhatsApp number"}', '{"template_params": {"name": "visit", "processed_params": {"1": "Monday"}}}'),
		says(2, '17 10:00', 'User', '{}', '{"template_params": {"name": "thanks"}}'), says(2, '23 10:00', 'User', '{}', '{"template_params": {"name": "thanks"}}');
	UPDATE messages SET status = CASE WHEN content_attributes::text LIKE '%error%' THEN 3 ELSE 2 END, updated_at = created_at + interval '5 min' WHERE conversation_id = 2;`

const chatwootDeliveries = `SELECT c.name || ' ' || coalesce(c.channel, '-') || ' ' || d.user_id || ' ' || d.status || ' ' || to_char(d.attempted_at, 'DD HH24:MI') || ' read ' || coalesce(to_char(d.read_at, 'HH24:MI'), '-')
		|| ' answered ' || coalesce(to_char(d.first_response_at, 'DD HH24:MI'), '-') || ' ' || d.has_receipts || coalesce(' ' || d.failure_reason, '') || coalesce(' ' || d.variables::text, '')
	FROM outbound_delivery d JOIN campaign c ON c.campaign_id = d.campaign_id ORDER BY d.attempted_at, d.user_id`

func TestChatwootsWebsiteCampaignsAndTemplatesAreDeliveries(t *testing.T) {
	t.Parallel()
	linesAre(t, ask(t, desk(t, chatwootCampaigns), march, chatwootDeliveries),
		"Spring sale website 1 sent 16 09:00 read - answered 16 09:40 false",
		`visit template 2 failed 17 09:00 read - answered - true 131026: not a WhatsApp number {"1": "Monday"}`,
		"thanks template 2 read 17 10:00 read 10:05 answered - true")
}

// The table came after 4.14.2.
func TestChatwootsRecipientsAreReadWhereTheVersionKeepsThem(t *testing.T) {
	t.Parallel()
	s := desk(t, chatwootCampaigns+`
		CREATE TABLE campaign_recipients (id bigserial PRIMARY KEY, account_id bigint, campaign_id bigint, contact_id bigint, error_title varchar, error_message text, sent_at timestamp, delivered_at timestamp,
			read_at timestamp, failed_at timestamp, created_at timestamp, updated_at timestamp);
		INSERT INTO campaign_recipients (account_id, campaign_id, contact_id, error_title, sent_at, delivered_at, created_at, updated_at) VALUES
			(1, 10, 1, NULL, at('16 08:00'), at('23 08:00'), at('16 07:59'), at('23 08:00')), (1, 10, 2, 'No phone number', NULL, NULL, at('16 07:59'), at('16 08:00')),
			(2, 10, 2, NULL, at('16 08:00'), NULL, at('16 07:59'), at('16 08:00'));`)
	linesAre(t, ask(t, s, march, `SELECT * FROM (`+chatwootDeliveries+`) AS lines (line) WHERE line LIKE 'Reminder%'`),
		"Reminder one_off 2 failed 16 07:59 read - answered - true No phone number",
		"Reminder one_off 1 sent 16 08:00 read - answered 16 09:40 true") // delivered after the week
}
