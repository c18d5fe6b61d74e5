package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/browser"
)

// Long words of German, names of Arabic, 500 digests, 2,000 deliveries: nothing sticks out.
func TestPagesHoldLongNamesAndManyDigests(t *testing.T) {
	b := theClinics()
	fillEdition(b)
	const long, arabic = "Terminvereinbarungsbestätigungsgespräche", "عبد الرحمن بن محمد الهاشمي القرشي البغدادي"
	for i := range 500 {
		d := b.digests[1]
		d.ID, d.Config.Key, d.Config.Name = int64(100+i), fmt.Sprint("digest-", i), fmt.Sprintf("%s %d", long, i)
		d.Config.Cadence.At = strings.ToLower(time.Weekday(i % 7).String()[:3]) + " 08:00"
		b.digests = append(b.digests, d)
	}
	b.digests[1].Config.Name = long + long
	b.editions[1].Config.Name, b.editions[1].Subject = long+long, long+", 16–22 Mar: 307 messages"
	d := b.deliver(12, arabic, digest.DeliveryFailed, 550, "5.1.1", strings.Repeat("x", 480))
	d.Subscriber.Address, d.Subscriber.Audience = strings.Repeat("a", 60)+"@"+strings.Repeat("b", 60)+".example", digest.Executive
	for i := range 2000 {
		b.deliver(12, arabic, digest.DeliverySent, 250, "2.0.0", fmt.Sprint("OK ", i))
	}
	all := b.deliveries[12]
	all[0], all[8] = all[8], all[0]
	b.sources[1].Key, b.sources[1].Host = strings.Repeat("quelle-", 9), strings.Repeat("sehr-lang.", 20)+"example:5432/events"
	b.sources[1].Fault = strings.Repeat("source: failed to connect to ", 40)
	b.needs.Held, b.needs.Failing, b.needs.Sources = []digest.EditionLine{b.editions[0]}, []digest.EditionLine{b.editions[1]}, b.sources[1:]
	url := signedIn(t, atTheClinics(t, b, &clinicWorks{}), nora)
	chromium := browser.Start(t)
	for _, p := range []struct{ name, url string }{
		{"overview", "/p/desk/"},
		{"calendar", "/p/desk/calendar"},
		{"editions", "/p/desk/editions"},
		{"edition", "/p/desk/editions/12"},
		{"delivery", fmt.Sprint("/p/desk/editions/12/deliveries/", all[0].ID)},
		{"sources", "/p/desk/sources"},
		{"source", "/p/desk/sources/" + b.sources[1].Key},
	} {
		for width, v := range map[string]browser.View{"1280": {Width: 1280, Height: 900}, "360": {Width: 360, Height: 800, Phone: true}} {
			t.Run(p.name+" "+width, func(t *testing.T) {
				if page := browser.Open(t, chromium, url+p.url, "long-"+p.name+"-"+width, v); page.Overflow > 0 {
					t.Errorf("it is %d px wider than its window", page.Overflow)
				}
			})
		}
	}
}
