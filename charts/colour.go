package charts

import (
	"math"

	"fortnight/digest"
)

// linear gives the channels of a colour as linear light, 0..1.
func linear(c digest.Colour) [3]float64 {
	r, g, b, _ := c.RGBA()
	var out [3]float64
	for i, v := range [3]uint8{r, g, b} {
		x := float64(v) / 255
		if x <= .04045 {
			out[i] = x / 12.92
		} else {
			out[i] = math.Pow((x+.055)/1.055, 2.4)
		}
	}
	return out
}

// fromLinear is the nearest opaque colour to linear light.
func fromLinear(l [3]float64) digest.Colour {
	var c digest.Colour
	for _, x := range l {
		x = min(max(x, 0), 1)
		if x <= .0031308 {
			x *= 12.92
		} else {
			x = 1.055*math.Pow(x, 1/2.4) - .055
		}
		c = c<<8 | digest.Colour(math.Round(x*255))
	}
	return c<<8 | 0xFF
}

// contrast is the ratio of WCAG 2, from 1 to 21.
func contrast(a, b digest.Colour) float64 {
	light := func(c digest.Colour) float64 {
		l := linear(c)
		return .2126*l[0] + .7152*l[1] + .0722*l[2]
	}
	x, y := light(a), light(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

// oklab gives lightness (0..1), green-red and blue-yellow of linear light (Ottosson 2020).
func oklab(l [3]float64) [3]float64 {
	a := math.Cbrt(.4122214708*l[0] + .5363325363*l[1] + .0514459929*l[2])
	b := math.Cbrt(.2119034982*l[0] + .6806995451*l[1] + .1073969566*l[2])
	c := math.Cbrt(.0883024619*l[0] + .2817188376*l[1] + .6299787005*l[2])
	return [3]float64{
		.2104542553*a + .7936177850*b - .0040720468*c,
		1.9779984951*a - 2.4285922050*b + .4505937099*c,
		.0259040371*a + .7827717662*b - .8086757660*c,
	}
}

// fromOklab is the inverse of oklab.
func fromOklab(v [3]float64) [3]float64 {
	a := v[0] + .3963377774*v[1] + .2158037573*v[2]
	b := v[0] - .1055613458*v[1] - .0638541728*v[2]
	c := v[0] - .0894841775*v[1] - 1.2914855480*v[2]
	a, b, c = a*a*a, b*b*b, c*c*c
	return [3]float64{
		4.0767416621*a - 3.3077115913*b + .2309699292*c,
		-1.2684380046*a + 2.6097574011*b - .3413193965*c,
		-.0041960863*a - .7034186147*b + 1.7076147010*c,
	}
}

// mix is a share of colour over a ground, in sRGB, as an opaque colour.
func mix(ground, c digest.Colour, share float64) digest.Colour {
	gr, gg, gb, _ := ground.RGBA()
	r, g, b, _ := c.RGBA()
	at := func(x, y uint8) digest.Colour {
		return digest.Colour(math.Round(float64(x) + (float64(y)-float64(x))*share))
	}
	return at(gr, r)<<24 | at(gg, g)<<16 | at(gb, b)<<8 | 0xFF
}

// alpha is a colour with another opacity, 0..1.
func alpha(c digest.Colour, share float64) digest.Colour {
	return c&^0xFF | digest.Colour(math.Round(share*255))
}

// sights are how colours look to readers: with full colour vision, and simulated for protanopia, deuteranopia and
// tritanopia (Machado, Oliveira, Fernandes 2009, severity 1, on linear light).
func sights() [4][9]float64 {
	return [4][9]float64{
		{1, 0, 0, 0, 1, 0, 0, 0, 1},
		{.152286, 1.052583, -.204868, .114503, .786281, .099216, -.003882, -.048116, 1.051998},
		{.367322, .860646, -.227968, .280085, .672501, .047413, -.011820, .042940, .968881},
		{1.255528, -.076749, -.178779, -.078411, .930809, .147602, .004733, .691367, .303900},
	}
}

// apart is the distance of two colours (OKLab x 100) under the sight in which they are closest.
func apart(a, b digest.Colour) float64 {
	least := math.Inf(1)
	for _, m := range sights() {
		least = min(least, apartUnder(m, a, b))
	}
	return least
}

// apartUnder is the distance of two colours (OKLab x 100) under one sight.
func apartUnder(m [9]float64, a, b digest.Colour) float64 {
	see := func(c digest.Colour) [3]float64 {
		l := linear(c)
		var out [3]float64
		for i := range out {
			out[i] = min(max(m[3*i]*l[0]+m[3*i+1]*l[1]+m[3*i+2]*l[2], 0), 1)
		}
		return oklab(out)
	}
	x, y := see(a), see(b)
	return 100 * math.Sqrt((x[0]-y[0])*(x[0]-y[0])+(x[1]-y[1])*(x[1]-y[1])+(x[2]-y[2])*(x[2]-y[2]))
}

// legible moves a colour away from the ground, its hue kept, until their contrast is at least want.
func legible(c, ground digest.Colour, want float64) digest.Colour {
	c |= 0xFF
	v := oklab(linear(c))
	step := -.01
	if contrast(ground, 0x000000FF) < contrast(ground, 0xFFFFFFFF) {
		step = .01 // a dark ground: towards white
	}
	for range 100 {
		if contrast(c, ground) >= want {
			break
		}
		v[0] += step
		if step > 0 { // light colours hold less chroma
			v[1], v[2] = v[1]*.985, v[2]*.985
		}
		c = fromLinear(fromOklab(v))
	}
	return c
}
