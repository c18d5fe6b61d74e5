package collectors

// sections are what a digest can hold, in the order of a digest that names none.
var sections = []section{}
