package templates

import (
	"github.com/go-playground/locales"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/bg"
	"github.com/go-playground/locales/bn"
	"github.com/go-playground/locales/ca"
	"github.com/go-playground/locales/cs"
	"github.com/go-playground/locales/da"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/el"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/et"
	"github.com/go-playground/locales/eu"
	"github.com/go-playground/locales/fa"
	"github.com/go-playground/locales/fi"
	"github.com/go-playground/locales/fil"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/gl"
	"github.com/go-playground/locales/he"
	"github.com/go-playground/locales/hi"
	"github.com/go-playground/locales/hr"
	"github.com/go-playground/locales/hu"
	"github.com/go-playground/locales/id"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/ko"
	"github.com/go-playground/locales/lt"
	"github.com/go-playground/locales/lv"
	"github.com/go-playground/locales/ms"
	"github.com/go-playground/locales/nb"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/ro"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/sk"
	"github.com/go-playground/locales/sl"
	"github.com/go-playground/locales/sr"
	"github.com/go-playground/locales/sv"
	"github.com/go-playground/locales/sw"
	"github.com/go-playground/locales/th"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/uk"
	"github.com/go-playground/locales/ur"
	"github.com/go-playground/locales/vi"
	"github.com/go-playground/locales/zh"
	"golang.org/x/text/language"
)

// calendarOf gives CLDR's month and weekday names of a language, nil for one that is not listed here.
// The list is long so that adding a locale is adding a file; a file may also name its own months and weekdays.
func calendarOf(tag language.Tag) locales.Translator {
	base, _ := tag.Base()
	known := map[string]func() locales.Translator{
		"ar": ar.New, "bg": bg.New, "bn": bn.New, "ca": ca.New, "cs": cs.New, "da": da.New, "de": de.New, "el": el.New,
		"en": en.New, "es": es.New, "et": et.New, "eu": eu.New, "fa": fa.New, "fi": fi.New, "fil": fil.New, "fr": fr.New,
		"gl": gl.New, "he": he.New, "hi": hi.New, "hr": hr.New, "hu": hu.New, "id": id.New, "it": it.New, "ja": ja.New,
		"ko": ko.New, "lt": lt.New, "lv": lv.New, "ms": ms.New, "nb": nb.New, "nl": nl.New, "no": nb.New, "pl": pl.New,
		"pt": pt.New, "ro": ro.New, "ru": ru.New, "sk": sk.New, "sl": sl.New, "sr": sr.New, "sv": sv.New, "sw": sw.New,
		"th": th.New, "tr": tr.New, "uk": uk.New, "ur": ur.New, "vi": vi.New, "zh": zh.New,
	}
	if make, ok := known[base.String()]; ok {
		return make()
	}
	return nil
}
