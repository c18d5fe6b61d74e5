package digest

// Kind is how a chart is drawn.
type Kind string

// The kinds of picture. A line is one series over days; a curve is several, one small row each on a shared scale. A heat map has X, Y
// and Cells; a histogram's points have From and To; a funnel's are named, in order, each a part of the one before.
const (
	Line       Kind = "line"
	Curve      Kind = "curve"
	Bar        Kind = "bar"
	StackedBar Kind = "stacked_bar"
	Ranking    Kind = "ranking"
	Donut      Kind = "donut"
	Flow       Kind = "flow"
	Heatmap    Kind = "heatmap"
	Histogram  Kind = "histogram"
	Funnel     Kind = "funnel"
)

// Role marks the rows of a chart that are no ordinary category.
type Role string

// Other sums what was cut off, Unknown has no name recorded, Fallback is what a bot did not understand,
// Nobody is a conversation without an answer, Nothing is "no flow" or "no intent".
const (
	Ordinary Role = ""
	Other    Role = "other"
	Unknown  Role = "unknown"
	Fallback Role = "fallback"
	Nobody   Role = "nobody"
	Nothing  Role = "nothing"
)

// Chart is a picture's data, not yet a picture. A chart of one series names it "current" and, where a previous period
// exists, has a second one "previous" (same length, its own dates). A chart of several series names them and keeps
// those of the previous period in Previous.
type Chart struct {
	Key      string   `json:"key"`
	Kind     Kind     `json:"kind"`
	Unit     Unit     `json:"unit"`
	State    State    `json:"state"`
	Footnote string   `json:"footnote,omitempty"` // phrase key or a platform's words: why unavailable, how derived
	Series   []Series `json:"series,omitempty"`
	Nodes    []Node   `json:"nodes,omitempty"`  // flow
	Links    []Link   `json:"links,omitempty"`  // flow
	X        []Place  `json:"x,omitempty"`      // columns of a heat map, from the left
	Y        []Place  `json:"y,omitempty"`      // its rows, from the top
	Cells    []Cell   `json:"cells,omitempty"`  // those that there are
	Of       *Place   `json:"of,omitempty"`     // what a chart is about that is one of several of its kind: a flow
	Target   *float64 `json:"target,omitempty"` // of a histogram, seconds: what is aimed at
	Previous *Before  `json:"previous,omitempty"`
}

// Place is a column or row of a heat map: an hour "9", a weekday "1" (0 Sunday), or a named thing.
type Place struct {
	Key   string `json:"key"`
	Label string `json:"label,omitempty"` // "" where the editor says it
}

// Cell is one field of a heat map. A nil Value is a gap.
type Cell struct {
	X     int      `json:"x"` // from 0
	Y     int      `json:"y"`
	Value *float64 `json:"value,omitempty"`
	Of    *float64 `json:"of,omitempty"` // what the value is held against: agents connected
}

// Before is the previous period's data of a chart of several series or of a flow.
type Before struct {
	Series []Series `json:"series,omitempty"`
	Nodes  []Node   `json:"nodes,omitempty"`
	Links  []Link   `json:"links,omitempty"`
}

// Series is points under one name.
type Series struct {
	Key    string  `json:"key"`
	Label  string  `json:"label"`
	Role   Role    `json:"role,omitempty"`
	Count  int     `json:"count,omitempty"` // how many rows an "other" stands for
	Points []Point `json:"points"`
}

// Point is one value: of a date (line, bar, curve) or of a named row (ranking, donut). A nil Value is a gap.
type Point struct {
	At    Date     `json:"at,omitzero"`
	Key   string   `json:"key,omitempty"`
	Label string   `json:"label,omitempty"`
	Role  Role     `json:"role,omitempty"`
	Count int      `json:"count,omitempty"` // how many rows an "other" stands for
	From  *float64 `json:"from,omitempty"`  // of a histogram, seconds
	To    *float64 `json:"to,omitempty"`    // of a histogram, seconds; nil: and more
	Value *float64 `json:"value,omitempty"`
}

// Node is one place of a flow, in a column from 0.
type Node struct {
	ID     string  `json:"id"`
	Label  string  `json:"label"`
	Role   Role    `json:"role,omitempty"`
	Column int     `json:"column"`
	Value  float64 `json:"value"`
}

// Link carries a value from one node to another.
type Link struct {
	From  string  `json:"from"`
	To    string  `json:"to"`
	Value float64 `json:"value"`
}

// Find gives the series of a key, or nil.
func (c *Chart) Find(key string) *Series {
	for i := range c.Series {
		if c.Series[i].Key == key {
			return &c.Series[i]
		}
	}
	return nil
}

// Sum adds the values of the points; gaps add nothing.
func (s Series) Sum() float64 {
	var sum float64
	for _, p := range s.Points {
		if p.Value != nil {
			sum += *p.Value
		}
	}
	return sum
}
