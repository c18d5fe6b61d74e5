-- A week of the bot, 16 to 22 March 2026; its numbers are computed by hand in rasa_test.go.
SELECT begins('z', '02 09:00'), asks('z', '02 09:00:01', 'greet'), bot('z', '02 09:00:02');
SELECT begins('a', '10 09:00'), asks('a', '10 09:00:01', 'greet'), bot('a', '10 09:00:02');
-- One session is about an order; in a later one of the same day the bot speaks first, does not understand, and hands over to people.
SELECT begins('a', '16 09:00'), asks('a', '16 09:00:01', 'order_status', 0.9, 'wo ist es', '{"metadata": {"language": "de"}}'), bot('a', '16 09:00:02'),
    asks('a', '16 09:05', 'thanks'), bot('a', '16 09:05:01');
SELECT begins('a', '16 12:00'), bot('a', '16 12:00:01'), asks('a', '16 12:01', 'nlu_fallback', 0.3), bot('a', '16 12:01:01'), asks('a', '16 12:02', 'speak_to_human'),
    happens('a', '16 12:02:01', 'action', 'action_human_handoff'), happens('a', '16 12:02:02', 'pause'), asks('a', '16 12:30', NULL);
SELECT begins('b', '17 23:30'), asks('b', '17 23:30:01', 'greet'), bot('b', '17 23:30:02'), happens('b', '17 23:40', 'session_ended');
SELECT begins('c', '22 23:30'), asks('c', '22 23:30:01', 'greet'), bot('c', '22 23:30:02');                                     -- goes on at the period's end
SELECT begins('d', '15 23:50'), asks('d', '15 23:50:01', 'greet'), bot('d', '15 23:50:02'), asks('d', '16 00:10', 'order'), bot('d', '16 00:10:01'); -- and at its begin
SELECT asks('e', '18 08:00', 'session_start', 1, '/session_start'), begins('e', '18 08:00:01'), bot('e', '18 08:00:02');        -- opened, and nobody wrote
SELECT begins('f', '19 07:59'), asks('f', '19 08:00', 'remind', 1, 'EXTERNAL: remind'), bot('f', '19 08:00:01'), fills('f', '19 08:05', 'language', 'fr_FR'),
    asks('f', '19 08:10', 'greet', 0.5), bot('f', '19 08:10:01'), happens('f', '19 08:20', 'restart');
-- An assistant with flows: one completes, with a question asked twice; one is cancelled; one is left alone.
SELECT begins('g', '20 10:00'), asks('g', '20 10:00:01', NULL), flow('g', '20 10:00:02', 'started', 'transfer_money'),
    happens('g', '20 10:00:03', 'action', 'utter_ask_amount'), bot('g', '20 10:00:03.5', 'How much?'), asks('g', '20 10:01', NULL),
    happens('g', '20 10:01:01', 'action', 'utter_ask_amount'), bot('g', '20 10:01:01.5', 'A number, please'), asks('g', '20 10:02', NULL), fills('g', '20 10:02:01', 'amount', '50'),
    happens('g', '20 10:02:02', 'action', 'utter_ask_recipient'), bot('g', '20 10:02:02.5', 'To whom?'), asks('g', '20 10:03', NULL), fills('g', '20 10:03:01', 'recipient', 'Ben'),
    flow('g', '20 10:03:02', 'completed', 'transfer_money'), bot('g', '20 10:03:03', 'Done'), flow('g', '20 10:03:04', 'started', 'pattern_completed');
SELECT asks('g', '20 10:04:59', NULL), flow('g', '20 10:05', 'started', 'check_balance'), happens('g', '20 10:05:01', 'action', 'utter_ask_account'), bot('g', '20 10:05:01.5', 'Which account?'),
    asks('g', '20 10:06', NULL), flow('g', '20 10:06:01', 'cancelled', 'check_balance');
SELECT asks('g', '20 10:07', NULL), flow('g', '20 10:07:01', 'started', 'card_lost'), happens('g', '20 10:07:02', 'action', 'utter_ask_card'), bot('g', '20 10:07:02.5', 'Which card?');
SELECT saved();
