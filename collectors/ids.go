package collectors

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// addIDs adds to args the ids that a question names as @<name>_ids, where they are not there yet. ask is handed the platform's own question
// for each, with its mappings in front of it and the ids that these name in args: they are asked for before it.
func (p *platform) addIDs(args pgx.NamedArgs, question string, missing map[string]bool, ask func(name, question string) ([]string, error)) error {
	for _, name := range sortedKeys(p.ids) {
		if _, known := args[name]; known || !strings.Contains(question, "@"+name) {
			continue
		}
		args[name] = []string{} // for one that names itself
		sql := p.idsQuestion(name, missing)
		if err := p.addIDs(args, sql, missing, ask); err != nil {
			return err
		}
		ids, err := ask(name, sql)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		args[name] = ids
	}
	return nil
}

// idsQuestion is what is asked for ids. Where it asks mappings it stands in brackets: what it calls its own pieces may be the name of a relation.
func (p *platform) idsQuestion(name string, missing map[string]bool) string {
	sql := p.ids[name]
	if whole := "SELECT ids.* FROM (\n" + sql + "\n) AS ids"; p.inline(whole, missing) != whole {
		sql = p.inline(whole, missing)
	}
	return "/* fortnight " + name + " */ " + sql
}
