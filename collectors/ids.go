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
		args[name] = "{}" // for one that names itself
		sql := p.idsQuestion(name, missing)
		if err := p.addIDs(args, sql, missing, ask); err != nil {
			return err
		}
		ids, err := ask(name, sql)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		args[name] = textArray(ids)
	}
	return nil
}

// textArray writes texts as PostgreSQL reads an array of them. Ids are megabytes that many questions are asked with: they are put together once.
func textArray(texts []string) string {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	size := 2
	for _, s := range texts {
		size += len(s) + len(`"",`)
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteByte('{')
	for i, s := range texts {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		_, _ = quoted.WriteString(&b, s) // a Builder takes all
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}

// idsQuestion is what is asked for ids. Where it asks mappings it stands in brackets: what it calls its own pieces may be the name of a relation.
func (p *platform) idsQuestion(name string, missing map[string]bool) string {
	sql := p.ids[name]
	if whole := "SELECT ids.* FROM (\n" + sql + "\n) AS ids"; p.inline(whole, missing) != whole {
		sql = p.inline(whole, missing)
	}
	return "/* fortnight " + name + " */ " + sql
}
