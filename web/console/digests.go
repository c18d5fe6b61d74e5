package console

// digestRoutes are digests: list, editor, preview, test, send now.
func (c *console) digestRoutes() []route { return nil }
