package letter

import "example.org/kabinet/internal/domain"

// template is what letters of one purpose say.
type template struct {
	// name is what the keys of its sentences begin with, behind "letter.".
	name string
	// page is the path of the frontend's page that the letter tells of.
	page string
	// steps are the keys of what to do with the code; none without one.
	steps []string
	// sections are the keys of what comes below, each with a title and a text.
	sections []string
}

func templateOf(purpose domain.LetterPurpose) template {
	switch purpose {
	case domain.LetterIdentity:
		return template{
			name: "identity", page: "/confirm",
			steps:    []string{"how.enter", "how.type", "how.spelling"},
			sections: []string{"until", "care", "stranger"},
		}
	case domain.LetterPayerActivation:
		return template{
			name: "payer_activation", page: activationPage,
			steps:    []string{"how.open", "how.type", "how.terms", "how.password"},
			sections: []string{"until", "care", "stranger"},
		}
	case domain.LetterPayerNotice:
		return template{name: "payer_notice", page: payerPage, sections: []string{"known", "lost", "stranger"}}
	}
	return template{}
}

// The pages of the frontend that papers for payers point to: where activation
// codes are typed in, and where payers sign in.
const (
	activationPage = "/payer-activation"
	payerPage      = "/payer"
)
