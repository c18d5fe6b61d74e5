package templates

import (
	"time"

	"fortnight/digest"
)

// Weekend implements digest.Words. The territories are those of CLDR 46 (supplemental weekData) whose weekend is not
// Saturday and Sunday.
func (w *words) Weekend(d digest.Date) bool {
	day := d.Weekday()
	region, confidence := w.tag.Region()
	if confidence == 0 || !w.hasTerritory() {
		return day == time.Saturday || day == time.Sunday
	}
	switch region.String() {
	case "BH", "DZ", "EG", "IL", "IQ", "JO", "KW", "LY", "OM", "QA", "SA", "SD", "SY", "YE":
		return day == time.Friday || day == time.Saturday
	case "AF":
		return day == time.Thursday || day == time.Friday
	case "IR":
		return day == time.Friday
	case "IN", "UG":
		return day == time.Sunday
	}
	return day == time.Saturday || day == time.Sunday
}

// hasTerritory tells whether the tag itself names one: x/text otherwise guesses the likeliest (US for en).
func (w *words) hasTerritory() bool {
	_, _, region := w.tag.Raw()
	return region.String() != "ZZ"
}
