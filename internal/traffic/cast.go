package traffic

// intent is something people ask of the bot.
type intent struct {
	name string
	flow string  // "" for none
	bot  float64 // how often the bot settles it alone
}

var intents = []intent{
	{"Order status", "Order status", 0.78},
	{"Delivery delay", "Order status", 0.45},
	{"Refund", "Returns", 0.40},
	{"Address change", "Returns", 0.52},
	{"Opening hours", "Opening hours", 0.93},
	{"Invoice copy", "", 0.60},
	{"Complaint", "", 0.08},
	{"Cancel order", "Returns", 0.42},
	{"Greeting", "", 0.30},
	{"Talk to a person", "", 0.02},
	{"Change appointment", "Appointments", 0.66},
	{"Password reset", "", 0.71},
	{"Gift card", "", 0.50},
}

var asked = func() []weighted[*intent] {
	weights := []float64{26, 18, 14, 10, 8, 6, 5, 4, 4, 3, 3, 2, 1}
	out := make([]weighted[*intent], len(intents))
	for i := range intents {
		out[i] = weighted[*intent]{&intents[i], weights[i]}
	}
	return out
}()

var hours = func() []weighted[int] {
	out := make([]weighted[int], 24)
	for h, w := range byHour {
		out[h] = weighted[int]{h, w}
	}
	return out
}()

var (
	languages = []weighted[string]{{"en", 62}, {"es", 26}, {"fr", 12}}
	channels  = []weighted[string]{{"web", 48}, {"whatsapp", 36}, {"facebook", 16}}
	entries   = []weighted[string]{{"Website", 46}, {"WhatsApp", 33}, {"Facebook", 13}, {"", 6}, {"Help center", 9}}
	reasons   = []weighted[string]{{"Solved", 56}, {"Information given", 20}, {"Duplicate", 7}, {"Spam", 4}, {"", 13}}
)

// people are given names and family names by language.
var people = map[string][2][]string{
	"en": {
		{"Olivia", "Noah", "Emma", "Liam", "Ava", "Ethan", "Grace", "Owen", "Ruby", "Jack", "Hannah", "Leo"},
		{"Carter", "Hughes", "Bennett", "Shaw", "Walsh", "Murphy", "Reed", "Foster", "Barnes", "Doyle"},
	},
	"es": {
		{"Sofía", "Mateo", "Valentina", "Diego", "Camila", "Javier", "Elena", "Andrés", "Carmen", "Pablo"},
		{"García", "Muñoz", "Ibáñez", "Romero", "Ortega", "Núñez", "Vega", "Castillo"},
	},
	"fr": {
		{"Chloé", "Hugo", "Léa", "Louis", "Manon", "Jules", "Zoé", "Gaël"},
		{"Lefèvre", "Moreau", "Girard", "Roux", "Noël", "Fontaine"},
	},
}

// staff are the agents: name, team, days off (Sunday 0), hours of the shift, pace.
var staff = []struct {
	name, team string
	off        []int
	from, to   int
	pace       float64
}{
	{"Amara Osei", "Support", []int{0, 6}, 8, 16, 0.6},
	{"Jonas Weber", "Support", []int{0, 1}, 9, 17, 1},
	{"Priya Nair", "Support", []int{3, 4}, 12, 20, 0.8},
	{"Lucía Fernández", "Billing", []int{0, 6}, 9, 17, 0.9},
	{"Tom Becker", "Billing", []int{0, 5, 6}, 8, 16, 1.4},
	{"Mei Lin", "Support", []int{1, 2}, 10, 18, 1.1},
	{"Samir Haddad", "Support", []int{0, 2}, 13, 21, 1.2},
	{"Ingrid Solberg", "Billing", []int{0, 3, 6}, 11, 19, 1},
	{"عبد الرحمن بن محمد الأنصاري", "Support", []int{4, 5}, 8, 16, 1.3},
}
