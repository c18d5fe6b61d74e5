package ledger_test

import (
	"testing"

	"fortnight/ledger"
)

func TestADeliveryNamesItsAddressee(t *testing.T) {
	t.Parallel()
	b, id, ds := planned(t)
	a, known, err := b.Addressee(t.Context(), ds[0].ID)
	if err != nil || !known || a.Edition != id || a.Digest != "desk/weekly" || a.Label == "" || a.Address != "ana@example.org" || a.Suppressed != "" || !a.UnsubscribedAt.IsZero() {
		t.Errorf("it is %+v, %v, %v", a, known, err)
	}
	if _, err := b.Bounced(t.Context(), ds[0].ID, report(ledger.BounceComplaint, "", "spam")); err != nil {
		t.Fatal(err)
	}
	if a, _, err := b.Addressee(t.Context(), ds[0].ID); err != nil || a.Suppressed != "complaint" || !a.UnsubscribedAt.Equal(monday) {
		t.Errorf("after a complaint it is %+v, %v", a, err)
	}
	if _, err := b.Erase(t.Context(), "ana@example.org"); err != nil {
		t.Fatal(err)
	}
	if a, known, err := b.Addressee(t.Context(), ds[0].ID); err != nil || !known || a.Address != "" || a.Suppressed != "" {
		t.Errorf("after erasing it is %+v, %v, %v", a, known, err)
	}
	if a, known, err := b.Addressee(t.Context(), 1<<40); err != nil || known {
		t.Errorf("of no delivery it is %+v, %v, %v", a, known, err)
	}
}
