package api_test

import (
	"fmt"
	"strings"
)

// operation finds one of the operations by its name.
func (h *house) operation(name string) operation {
	for _, o := range h.operations() {
		if o.name == name {
			return o
		}
	}
	panic(name)
}

// each is one row for each value of a field, all wrong for the same reason.
func (o operation) each(field, code string, values ...string) []wrong {
	var table []wrong
	for _, value := range values {
		name := field + " " + value
		if len(name) > 60 {
			name = fmt.Sprintf("%s… (%d bytes)", name[:60], len(name))
		}
		table = append(table, o.invalid(strings.ToValidUTF8(name, "?"), object{field: value}, [2]string{"/" + field, code}))
	}
	return table
}

func (h *house) wrongNames() []wrong {
	o := h.operation("start")
	var table []wrong
	for _, field := range []string{"family_name", "given_name"} {
		table = append(table, o.invalid("no "+field, object{field: nil}, [2]string{"/" + field, "required"}))
		table = append(table, o.each(field, "required", "", " ", "\t\r\n", "\u00a0")...)
		table = append(table, o.each(field, "too_long", strings.Repeat("а", 61), strings.Repeat("Ё", 5000))...)
		table = append(table, o.each(field, "name_mixed_alphabets", "Аnna", "Ivanов", "Анна Smith", "Petrоva")...)
		table = append(table, o.each(field, "name_invalid",
			"Анна1", "123", "Анна_", "Анна@", "<b>Анна</b>", "Анна; DROP TABLE accounts", "😀", "Άννα", "آنا", "安娜", "ანა",
			"-", "...", "' '", "Ан\u0007на", "Ан\u200bна", "\u202eАнна", "Анна\u0301\u0301\u0301!", "Анна/Мария", `Анна\`, "Анна,", "Ан\u001fна",
		)...)
	}
	table = append(table, o.each("locale", "unsupported_value", "", "de", "RU", "ru-RU", "english", " ru")...)
	return table
}

func (h *house) wrongContacts() []wrong {
	o := h.operation("start")
	table := []wrong{
		o.invalid("both contacts", object{"email": mailbox}, [2]string{"/phone", "exactly_one_of"}, [2]string{"/email", "exactly_one_of"}),
		o.invalid("no contact", object{"phone": nil}, [2]string{"/phone", "exactly_one_of"}),
	}
	table = append(table, o.each("phone", "phone_invalid",
		"", " ", "+", "7", "+7", "+7900", "+7900123456", "+790012345678", "+7900123456789012345", "phone", "+7900abc4567",
		"++79001234567", "+7+9001234567", "7900 123 45 67 доб. 5", "+79001234567;ext=1", "tel:+79001234567", "+79001234567,+79001234568",
		"＋７９００１２３４５６７", "٧٩٠٠١٢٣٤٥٦٧", "+7900\r\n1234567", "+7\u200b9001234567", "'+79001234567", "0079001234567", strings.Repeat("1", 41),
		"000000", "anna@example.org",
	)...)
	table = append(table, o.each("phone", "phone_foreign",
		"+77012345678", "87012345678", "+76012345678", "+14155552671", "+380501234567", "+375291234567", "+442071838750")...)
	table = append(table, o.each("phone", "phone_not_mobile", "+74951234567", "88001234567", "8 (812) 123-45-67", "4012123456")...)
	mail := o
	mail.body = applicant(mailbox)
	return append(table, mail.each("email", "email_invalid",
		"", " ", "a", "@", "a@", "@b.ru", "a@b", "a@localhost", "a b@c.ru", "a@b c.ru", "a@@b.ru", "a@b@c.ru", "a..b@c.ru", ".a@b.ru", "a.@b.ru",
		`"a"@b.ru`, `"a b"@c.ru`, "Anna <a@b.ru>", "<a@b.ru>", "a@b.ru, c@d.ru", "a@b.ru;c@d.ru", "a@[127.0.0.1]", "a@[IPv6:::1]", "a@-b.ru", "a@b-.ru",
		"a@b..ru", "a@b.ru.", "a@.ru", "анна@example.org", "a@b_c.ru", "a@b.ru\r\nBcc: x@y.ru", "a\r\n@b.ru", "a@b.ru\u0001", "a\t@b.ru",
		"a(comment)@b.ru", "a@b.ru(comment)", "mailto:a@b.ru", `a\@b.ru`, "a@b.ru>", "a@exa mple.ru", "a\u00ad@b.ru", "a\u200b@b.ru",
		strings.Repeat("a", 65)+"@b.ru", "a@"+strings.Repeat("b", 64)+".ru", "a@"+strings.Repeat("b.", 130)+"ru", "a@"+strings.Repeat("b", 5000)+".ru",
		"+79001234567",
	)...)
}

func (h *house) wrongCodes() []wrong {
	o := h.operation("confirm")
	table := []wrong{o.invalid("no code", object{"code": nil}, [2]string{"/code", "required"})}
	table = append(table, o.each("code", "required", "", " ", "---")...)
	return append(table, o.each("code", "code_format",
		"1", "12345", "1234567", "12345a", "abcdef", "１２３４５６", "١٢٣٤٥٦", "+12345", "1e5", "12.456", "0x1234", "123 45", "12345\n", "１23456",
		"123456; 1", "'123456'", strings.Repeat("1", 10_000),
	)...)
}

func (h *house) wrongPasswords() []wrong {
	o := h.operation("password")
	twice := func(name, password string, codes ...string) wrong {
		var fields [][2]string
		for _, code := range codes {
			fields = append(fields, [2]string{"/password", code})
		}
		return o.invalid(name, object{"password": password, "password_confirmation": password}, fields...)
	}
	return []wrong{
		o.invalid("no password", object{"password": nil}, [2]string{"/password", "required"}),
		o.invalid("no confirmation", object{"password_confirmation": nil}, [2]string{"/password_confirmation", "required"}),
		o.invalid("neither", object{"password": "", "password_confirmation": ""},
			[2]string{"/password", "required"}, [2]string{"/password_confirmation", "required"}),
		o.invalid("mismatch", object{"password_confirmation": another}, [2]string{"/password_confirmation", "password_mismatch"}),
		o.invalid("mismatch in case", object{"password_confirmation": strings.ToUpper(password)},
			[2]string{"/password_confirmation", "password_mismatch"}),
		o.invalid("short and unlike", object{"password": "tram lantn", "password_confirmation": "x"},
			[2]string{"/password", "password_too_short"}, [2]string{"/password_confirmation", "password_mismatch"}),
		o.invalid("transport", object{"transport": "header"}, [2]string{"/transport", "unsupported_value"}),
		o.invalid("no transport", object{"transport": ""}, [2]string{"/transport", "unsupported_value"}),
		twice("eleven characters", "tram lanter", "password_too_short"),
		twice("eleven Russian letters", "трамвай фон", "password_too_short"),
		twice("one character", "ж", "password_too_short"),
		twice("129 characters", strings.Repeat("я й", 43), "password_too_long"),
		twice("thousands of characters", strings.Repeat("ab 1", 8000), "password_too_long"),
		twice("common", "123456789012", "password_common"),
		twice("common in capitals", "QWERTYUIOP123", "password_common"),
		twice("one letter", "aaaaaaaaaaaaaa", "password_common"),
		twice("the phone", "my 900 123-45-67 phone", "password_contains_contact"),
		twice("the phone in digits", "x89001234567yz", "password_contains_contact"),
		twice("the product", "my kabinet is mine", "password_contains_product"),
		twice("the product in Russian", "МойКабинет-2016 ура", "password_contains_product"),
		twice("the product on the other layout", "rf,bytn vjq lju", "password_contains_product"),
		twice("line feed", "morning\ntram 42 lantern", "password_not_text"),
		twice("bell", "morning\atram 42 lantern", "password_not_text"),
		twice("delete", "morning\x7ftram 42 lantern", "password_not_text"),
		twice("replacement character", "morning\ufffdtram 42 lantern", "password_not_text"),
	}
}

func (h *house) wrongSignIns() []wrong {
	o := h.operation("sign in")
	var table []wrong
	for _, field := range []string{"account_type", "login", "password"} {
		table = append(table,
			o.invalid("no "+field, object{field: nil}, [2]string{"/" + field, "required"}),
			o.invalid("empty "+field, object{field: ""}, [2]string{"/" + field, "required"}))
	}
	table = append(table, o.each("account_type", "unsupported_value", "payers", "operators", "Citizen", "admin", " citizen")...)
	table = append(table, o.each("login", "too_long", strings.Repeat("a", 1017), strings.Repeat("я", 509))...)
	table = append(table, o.each("password", "too_long", strings.Repeat("a", 4097), strings.Repeat("я", 2049))...)
	return append(table, o.each("transport", "unsupported_value", "", "header", "Cookie", "body,cookie")...)
}
