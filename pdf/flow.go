package pdf

// block is a part of the letter that is not divided between pages. Some have a least and a most height, so that a page's
// charts fill what is left of it.
type block struct {
	gap         float64 // above; left out where the block begins a page
	least, most float64
	keep        bool   // never the last of a page: it heads the block after it
	running     string // what the head of a page says that begins with it
	again       *block // the head of a table, set once more where the block begins a page
	set         func(h float64) error
}

// flow collects what follows; whole is a block of one height.
func (d *document) flow(b block) {
	b.running = d.running
	d.blocks = append(d.blocks, b)
}

func (d *document) whole(gap, h float64, set func()) {
	d.flow(block{gap: gap, least: h, most: h, set: func(float64) error { set(); return nil }})
}

// heading is a whole that does not end a page.
func (d *document) heading(gap, h float64, set func()) {
	d.whole(gap, h, set)
	d.keep()
}

func (d *document) keep() { d.blocks[len(d.blocks)-1].keep = true }

func (b block) tall(stretch float64) float64 { return b.least + (b.most-b.least)*stretch }

// capacity is the height of a page between its head and its foot.
func (d *document) capacity() float64 { return d.height - foot - head }

// pages divides the blocks, every one stretched by 0..1 of what it can be.
func (d *document) pages(stretch float64) [][]block {
	var out [][]block
	used := d.capacity() + 1 // the first unit begins the first page
	for i := 0; i < len(d.blocks); {
		n := 1
		for i+n < len(d.blocks) && d.blocks[i+n-1].keep {
			n++
		}
		unit, h := d.blocks[i:i+n], 0.0
		for _, b := range unit {
			h += b.gap + b.tall(stretch)
		}
		if h > d.capacity() {
			n, unit, h = 1, d.blocks[i:i+1], d.blocks[i].gap+d.blocks[i].tall(stretch)
		}
		if used+h > d.capacity() {
			out, used = append(out, nil), -unit[0].gap
			if again := unit[0].again; again != nil {
				used += again.least
			}
		}
		page := len(out) - 1
		out[page] = append(out[page], unit...)
		used += h
		i += n
	}
	return out
}

// emptiness is what the pages before the last leave blank when their blocks have grown as far as they can, px.
func (d *document) emptiness(pages [][]block) float64 {
	sum := 0.0
	for _, page := range pages[:len(pages)-1] {
		blank := d.capacity() + page[0].gap
		for _, b := range page {
			blank -= b.gap + b.most
		}
		sum += max(0, blank)
	}
	return sum
}

// compose sets the blocks on as few pages as they need. Of the ways to do that it takes the one that leaves least of them
// blank, and of these the one with the tallest charts.
func (d *document) compose() error {
	const steps, alike = 10, 40.0
	pages := d.pages(0)
	stretch, blank := 0.0, d.emptiness(pages)
	for step := 1; step <= steps; step++ {
		s := float64(step) / steps
		if p := d.pages(s); len(p) == len(pages) && d.emptiness(p) < blank+alike {
			pages, stretch, blank = p, s, min(blank, d.emptiness(p))
		}
	}
	for i, page := range pages {
		if err := d.setPage(page, stretch, i+1 == len(pages)); err != nil {
			return err
		}
	}
	return nil
}

// growth is how far a page's blocks, stretched so far, can be stretched until they fill it.
func (d *document) growth(page []block, stretch float64) float64 {
	free, room := d.capacity()+page[0].gap, 0.0
	if again := page[0].again; again != nil {
		free -= again.least
	}
	for _, b := range page {
		free -= b.gap + b.tall(stretch)
		room += b.most - b.tall(stretch)
	}
	if room <= 0 || free <= 0 {
		return stretch
	}
	return stretch + (1-stretch)*min(1, free/room)
}

// setPage sets blocks down a new page. What is left of it goes to those that can still grow; the last page ends where it
// ends.
func (d *document) setPage(page []block, stretch float64, last bool) error {
	d.page(page[0].running)
	if again := page[0].again; again != nil {
		if err := again.set(again.least); err != nil {
			return err
		}
		d.y += again.least
	}
	if !last {
		stretch = d.growth(page, stretch)
	}
	for i, b := range page {
		if i > 0 {
			d.y += b.gap
		}
		from := d.y
		if err := b.set(b.tall(stretch)); err != nil {
			return err
		}
		d.y = from + b.tall(stretch)
	}
	return nil
}
