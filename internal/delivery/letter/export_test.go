package letter

import "example.org/kabinet/internal/domain"

// CardHours and CardUntil let tests read parts of a card without printing it.
func (p *Press) CardHours(c domain.PrintedCard) string {
	return p.card(nil, c).hours(c.Office.Hours.Week)
}

func (p *Press) CardUntil(c domain.PrintedCard) map[string]string { return p.card(nil, c).until() }
