package editor

import "fortnight/digest"

// balance is the reconciliation line: offered = handled + missed + waiting. nil where the section does not count them.
// Its bar's shares are of the sum and make 100, a part of 0 has none; where the parts do not add up to the total the line says so.
func (d *desk) balance(sec *digest.Section) *digest.Balance {
	switch sec.Key {
	case "flows":
		return d.flowBalance(sec)
	case "outreach":
		return d.outreachBalance(sec)
	}
	var n [4]float64
	keys := []string{"total_conversations", "handled", "missed", "waiting"}
	for i, key := range keys {
		f, ok := sec.Figure(key)
		if !ok || !f.Value.Is() {
			return nil
		}
		n[i] = f.Value.Number
	}
	total, parts := n[0], n[1]+n[2]+n[3]
	b := &digest.Balance{Text: d.balanceText(sec, n[1])}
	slots := []digest.Slot{digest.N("n", total)}
	for i, key := range keys[1:] {
		slots = append(slots, digest.S(key, d.w.Count(n[i+1])))
		if n[i+1] > 0 {
			b.Bars = append(b.Bars, digest.BalanceBar{Key: key, Share: n[i+1] / parts * 100})
		}
	}
	for i, key := range []string{"offered", "handled", "missed", "waiting"} {
		b.Line = append(b.Line, digest.Span{Text: []string{"", " = ", " + ", " + "}[i]})
		b.Line = append(b.Line, d.say("balance."+key, digest.N("n", n[i]))...)
	}
	b.Line = b.Line[1:]
	if parts != total {
		b.Line = d.say("balance.broken", append(slots, digest.S("sum", d.w.Count(parts)))...)
	}
	return b
}

// balanceText says what else does or does not count.
func (d *desk) balanceText(sec *digest.Section, handled float64) string {
	var out []string
	if c := sec.Chart("conversations_per_agent"); c != nil && c.State == digest.HasValue {
		sum := currentOf(c).Sum()
		key := "balance.agents"
		if sum != handled {
			key = "balance.agents_differ"
		}
		out = append(out, d.text(key, digest.N("n", sum), digest.S("handled", d.w.Count(handled))))
	}
	add := func(key string, f digest.Figure, ok bool) {
		if ok && f.Value.Is() && f.Value.Number > 0 {
			out = append(out, d.text(key, digest.N("n", f.Value.Number)))
		}
	}
	f, ok := sec.Figure("transfers")
	add("balance.transfers", f, ok)
	if n, ok := noted(sec, "reconciliation", "bot_resolved"); ok {
		f = digest.Figure{Value: digest.Num(n)}
	} else {
		f, _ = figureOf(&d.s, "chatbot", "bot_resolved")
	}
	add("balance.bot_resolved", f, true)
	f, ok = sec.Figure("accepted_from_before")
	add("balance.from_before", f, ok)
	return sentences(out...)
}
