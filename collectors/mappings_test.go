package collectors

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"fortnight/internal/postgres/pgtest"
)

// under puts a mapping into a folder of folders.
func under(name string, folder fstest.MapFS) fstest.MapFS {
	out := fstest.MapFS{}
	for file, text := range folder {
		out[name+"/"+file] = text
	}
	return out
}

func TestAFolderOfMappingsAddsItsPlatformsToThoseThatAreBuiltIn(t *testing.T) {
	t.Parallel()
	tables, folder := elm(t)
	all := under("elm", folder)
	for name, file := range under("acme-desk", folder) {
		all[name] = file
	}
	all["README.md"] = &fstest.MapFile{Data: []byte("what these are")}
	all[".git/config"] = &fstest.MapFile{Data: []byte("[core]")}
	m, err := ReadMappings(all)
	if err != nil {
		t.Fatal(err)
	}
	linesAre(t, m.Platforms(), "acme-desk", "chatwoot", "elm", "libredesk", "native", "rasa", "typebot", "whatomate")
	linesAre(t, m.Own(), "acme-desk", "elm")
	linesAre(t, Mappings{}.Platforms(), Platforms()...)

	dsn := pgtest.New(t, tables)
	s, err := m.Open(t.Context(), "chat", "elm", dsn, "1", clock)
	if err != nil || s.Platform() != "elm" || s.TenantName() != "Elm clinic" {
		t.Fatalf("the source is %+v, %v", s, err)
	}
	s.Close()
	if _, err := m.Open(t.Context(), "chat", "chatwoot", pgtest.Load(t, support), "1", clock); err != nil {
		t.Errorf("a built-in platform beside it: %v", err)
	}
	if _, err := (Mappings{}).Open(t.Context(), "chat", "elm", dsn, "1", clock); err == nil ||
		!strings.Contains(err.Error(), `source chat: unknown platform "elm": use one of chatwoot, libredesk, native, rasa, typebot, whatomate; another's mapping is a folder that FORTNIGHT_MAPPINGS has to lead to`) {
		t.Errorf("without its mapping it says %v", err)
	}
}

func TestEachFaultOfAFolderOfMappingsIsToldWithFileLineAndRemedy(t *testing.T) {
	t.Parallel()
	_, whole := elm(t)
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	for _, c := range []struct {
		name string
		do   func(fstest.MapFS)
		says []string
	}{
		{"nothing", func(fstest.MapFS) {}, nil},
		{"the name of a built-in one", func(f fstest.MapFS) { f["chatwoot/columns.txt"] = text("x: y") }, []string{
			"chatwoot: a platform of this name is built in: call the folder otherwise, such as chatwoot-own",
		}},
		{"a name that is none", func(f fstest.MapFS) { f["My Desk/columns.txt"] = text("x: y") }, []string{
			"My Desk: this is no name of a platform: write small letters, digits, - and _, beginning with a letter",
		}},
		{"the mapping itself", func(f fstest.MapFS) { f["columns.txt"] = text("x: y") }, []string{
			"columns.txt: this is a mapping itself: name the folder above it, which has a folder for each platform",
		}},
		{"an empty folder", func(f fstest.MapFS) { clear(f) }, []string{
			"there is no folder in it: a mapping is a folder of its own, called as its platform",
		}},
		{"files that are missing", func(f fstest.MapFS) { delete(f, "elm/tenants.sql"); f["elm/first_row.sql"] = text("\n") }, []string{
			"elm/tenants.sql: the file is missing: tenant_id and name of the tenants there are",
			"elm/first_row.sql: the file is missing: one instant: when the tenant's data begin",
		}},
		{"a relation that there is not", func(f fstest.MapFS) { f["elm/mesages.sql"] = text("SELECT 1") }, []string{
			"elm/mesages.sql: this is no relation, and no mapping asks it: call it by the name of one (message)",
		}},
		{"lines of columns that are none", func(f fstest.MapFS) {
			f["elm/columns.txt"] = text("# the clinic's\n\nclinics id name\nstaff:\nchats: id, phone\n")
			delete(f, "elm/indexes.txt")
		}, []string{
			`elm/columns.txt:3: "clinics id name" is no table with its columns: write a line such as "messages: id sent_at"`,
			`elm/columns.txt:4: "staff:" is no table with its columns: write a line such as "messages: id sent_at"`,
			"elm/columns.txt:5: columns stand apart by a blank, without a comma",
		}},
		{"columns that are all comments", func(f fstest.MapFS) { f["elm/columns.txt"] = text("# later\n"); delete(f, "elm/indexes.txt") }, []string{
			`elm/columns.txt: there is no table in it: write lines such as "messages: id sent_at"`,
		}},
		{"an index of a table that is not read", func(f fstest.MapFS) { f["elm/indexes.txt"] = text("lines: chat_id\nline: written\n") }, []string{
			"elm/indexes.txt:2: columns.txt has no table line: write it there too, or take the line out",
		}},
		{"a semicolon", func(f fstest.MapFS) { f["elm/team.sql"] = text("-- a; b\nSELECT ';' AS \"x;\"\n  ;\n") }, []string{
			"elm/team.sql:3: a mapping is one SELECT, put in front of others: take the semicolon out",
		}},
		{"an argument that there is not", func(f fstest.MapFS) {
			f["elm/team.sql"] = text("-- @comment\nSELECT '@text'\nWHERE a < @form AND b = @tenant AND c <@ d\n")
		}, []string{
			"elm/team.sql:3: there is no argument @form, and it would be null: use @tenant, @from and @to",
		}},
		{"a file with nothing in it", func(f fstest.MapFS) { f["elm/team.sql"] = text("-- later\n") }, []string{
			"elm/team.sql: there is no SELECT in it: write one, or take the file away; a relation without a file is empty",
		}},
		{"a table that is needed and there for certain", func(f fstest.MapFS) { f["elm/team.sql"] = text("\n-- needs staff\nSELECT 1") }, []string{
			`elm/team.sql:2: "-- needs staff" is for a table that may be missing: write it with a ? in columns.txt`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			all := under("elm", whole)
			c.do(all)
			_, err := ReadMappings(all)
			if err == nil {
				linesAre(t, nil, c.says...)
				return
			}
			linesAre(t, strings.Split(err.Error(), "\n"), c.says...)
		})
	}
}

// What is asked of somebody's folder is kept by those that are built in.
func TestThePlatformsThatAreBuiltInKeepTheRulesOfAFolder(t *testing.T) {
	t.Parallel()
	for _, name := range Platforms() {
		folder, err := fs.Sub(platformFiles, "platforms/"+name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readFolder(name, folder); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
