package collectors

import "fortnight/digest"

// sections is what runs: the sections there are, in the order that they are offered. A section is one .go file beside
// one .sql file and one line here. Needs are the relations without which it has nothing to say: on a platform that does not
// have one of them, the section is left out.
var sections = []section{
	{Key: "activity", Needs: []string{"message"}, Collect: collectActivity},
	{Key: "chatbot", Needs: []string{"message", "conversation"}, Collect: collectChatbot},
	{Key: "contact_center", Needs: []string{"assignment"}, Collect: collectContactCenter},
	{Key: "flows", Needs: []string{"flow_session"}, Collect: collectFlows},
	{Key: "outreach", Needs: []string{"outbound_delivery"}, Collect: collectOutreach},
	{Key: "service_levels", Needs: []string{"episode"}, Collect: collectServiceLevels},
	{Key: digest.OpenConversations, Needs: []string{"open_conversation"}, Collect: collectOpenConversations},
}
