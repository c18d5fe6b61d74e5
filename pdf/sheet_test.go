package pdf

import "testing"

func TestColumnsOfWordsAreNotBrokenInsideThemAndNamesHaveWhatNumbersLeave(t *testing.T) {
	got := shared(400, []float64{60, 90}, []float64{80, 100})
	if got[0] != 200 || got[1] != 200 { // evenly
		t.Errorf("%v", got)
	}
	got = shared(200, []float64{60, 90}, []float64{80, 120}) // 50 more than they need, which is what they lack
	if got[0] != 80 || got[1] != 120 {
		t.Errorf("%v", got)
	}
	if got = shared(100, []float64{60, 90}, []float64{80, 120}); got[0]+got[1] != 100 || got[0] != 40 { // 60 of 150
		t.Errorf("%v", got)
	}
}
