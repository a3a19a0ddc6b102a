package domain

import "example.org/kabinet/internal/ident"

// RegionOffer is a way of confirming one's identity in person that at least one
// place of a region offers, from a day on.
type RegionOffer struct {
	// Region is the two digits of the constituent entity, Name what its places
	// call it in their addresses.
	Region string
	Name   string
	Method CentreMethod
	From   ident.Date
}

// Of tells whether the region is that of one of a person's addresses, by its
// name as [SearchText].
func (o RegionOffer) Of(data PersonalData) bool {
	return o.at(data.Registration) || o.at(data.Residence)
}

func (o RegionOffer) at(a Address) bool {
	return !a.IsZero() && SearchText(a.Region.Text()) == SearchText(o.Name)
}

// RegionOffers are the ways that a list of places offers: for each region and
// way the first day.
func RegionOffers(places []ServiceCentre) []RegionOffer {
	type key struct {
		region string
		method CentreMethod
	}
	at := map[key]int{}
	var all []RegionOffer
	for _, place := range places {
		for _, offer := range place.Offers {
			k := key{place.Region, offer.Method}
			i, known := at[k]
			switch {
			case !known:
				at[k] = len(all)
				all = append(all, RegionOffer{place.Region, place.Address.Region, offer.Method, offer.From})
			case offer.From.Before(all[i].From):
				all[i].From = offer.From
			}
		}
	}
	return all
}
