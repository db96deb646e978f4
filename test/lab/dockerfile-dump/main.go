package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

type node struct {
	Line     int
	Original string
	Value    string
	Flags    []string
	JSON     bool
	Args     []string
	Heredocs []string
}

func main() {
	all, _ := io.ReadAll(os.Stdin)
	if len(os.Args) > 1 {
		lex := shell.NewLex('\\')
		for _, w := range bytes.Split(all, []byte{0}) {
			s, err := lex.ProcessWordWithMap(string(w), map[string]string{"SET": "set", "EMPTY": ""})
			b, _ := json.Marshal([]any{s, err != nil})
			fmt.Println(string(b))
		}
		return
	}
	for _, text := range bytes.Split(all, []byte{0}) {
		r, err := parser.Parse(bytes.NewReader(text))
		if err != nil {
			b, _ := json.Marshal(map[string]string{"err": err.Error()})
			fmt.Println(string(b))
			continue
		}
		ns := []node{}
		for _, c := range r.AST.Children {
			n := node{Line: c.StartLine, Original: c.Original, Value: strings.ToUpper(c.Value), Flags: c.Flags, JSON: c.Attributes["json"]}
			for a := c.Next; a != nil; a = a.Next {
				n.Args = append(n.Args, a.Value)
			}
			for _, h := range c.Heredocs {
				n.Heredocs = append(n.Heredocs, h.Name+"\n"+h.Content)
			}
			ns = append(ns, n)
		}
		b, _ := json.Marshal(ns)
		fmt.Println(string(b))
	}
}
