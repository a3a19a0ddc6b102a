package letter

// EntryCode lets tests scan the code that letters carry.
func (p *Press) EntryCode() ([]byte, error) { return p.entryCode() }
