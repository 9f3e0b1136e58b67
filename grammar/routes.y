/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of .routes, version 1: which sequences of tokens are a file.
 *
 * One call per action, no meaning: `p` is the parse that the nodes belong to,
 * @name is where a piece stands, $name is its node.  Every word of the
 * language is also a legal name where a name is expected (`ident`).
 */
%define api.pure full
%define api.prefix {grammar_}
%define api.token.prefix {T_}
%define api.value.type union
%define api.location.type {struct span}
%define api.push-pull both
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%lex-param   { struct layout *layout }
%parse-param { struct layout *layout } { struct parse *p }
%initial-action { @$ = layout_begin(layout); }

%code requires {
#include "grammar/actions.h"
#include "grammar/layout.h"
}
%code {
#define NONE ((struct span){ 0, 0, 0 })
#define YYLLOC_DEFAULT(all, rhs, n)                                           \
    (all) = (n) > 0 ? span_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))           \
                    : layout_gap(YYRHSLOC(rhs, 0))

static void grammar_error(struct span *at, struct layout *layout,
                          struct parse *p, const char *message);
}

/* ---- tokens, called as a message calls them ---- */
%token IDENT "name" METHOD "request method" STRING "string" INT "number"
%token FLOAT "decimal number" SIZE "size" DURATION "duration" RATE "rate"
%token CIDR "address" MIME "media type"
%token SEP "end of statement" ARROW "->" DOTDOT ".." ELLIPSIS "..."
%token DOTPATH "path `.`" P_LIT "path" P_OPEN "parameter" P_CLOSE "end of parameter"
%token P_END "end of path" P_BAD "bad parameter"
%token NL SEMI DOC              /* the layout keeps these to itself */
%token AND "and" AS "as" ASSERT "assert" AT "at" AUTH "auth" BURST "burst"
%token BY "by" CACHE "cache" CONSUMES "consumes" CORS "cors" CSRF "csrf"
%token DENY "deny" DEPRECATED "deprecated" ERRORS "error" EVERY "every"
%token EXCEPT "except" FALSE "false" FILTER "filter" FROM "from"
%token HEADER "header" HOOK "hook" HOST "host" IMPORT "import"
%token INCLUDE "include" INTERPRETER "interpreter" LIMIT "limit"
%token LOCATION "location" MATCHING "matching" METHODS "method"
%token MOUNT "mount" NOT "not" NULL "null" ON "on" ONLY "only"
%token OPTION "option" OR "or" OVERRIDE "override" PER "per"
%token PRODUCES "produces" PUBLIC "public" PUBLISH "publish" QUERY "query"
%token RAISES "raises" REALM "realm" RECORD "record" REDIRECT "redirect"
%token REQUIRE "require" REQUIRES "requires" RETURNS "returns"
%token ROUTES "routes" RULE "rule" SETTING "setting" SLASH "slash"
%token STRICT "strict" TRUE "true" TYPE "type" UNMATCHED "unmatched"
%token UNUSED "unused"

%left OR
%left AND
%precedence NOT

%type <struct ast_stmt_list *>   stmts clauses rstmts variants pubs mstmts
%type <struct ast_stmt *>        stmt decl clause decision phase location host
%type <struct ast_stmt *>        route variant publish pub mount redirect
%type <struct ast_stmt *>        include assertion
%type <struct ast_block *>       block rblock pblock mblock
%type <struct ast_value_list *>  names methods pubmethods hostnames realms
%type <struct ast_value_list *>  formats eargs optvals
%type <struct ast_value *>       name method hostname format earg optval num
%type <struct ast_value *>       number literal default vkey mtarget rtarget
%type <struct ast_value *>       outcome
%type <struct ast_type_list *>   types
%type <struct ast_type *>        type argtype
%type <struct ast_targ_list *>   targs enum
%type <struct ast_targ *>        targ
%type <struct ast_path_list *>   paths globs except
%type <struct ast_path *>        path glob
%type <struct ast_part_list *>   pparts
%type <struct ast_part *>        ppart
%type <struct ast_arg_list *>    ruleparams params args fields
%type <struct ast_arg *>         param arg field source
%type <struct ast_option_list *> options optlist
%type <struct ast_option *>      option
%type <struct ast_pyref_list *>  pyrefs
%type <struct ast_pyref *>       pyref classref exception
%type <struct ast_call *>        call
%type <struct ast_expr *>        expr
%type <struct ast_limit_list *>  limits
%type <struct ast_limit *>       limit limopts
%type <struct ast_result_list *> results
%type <struct ast_result *>      result
%type <struct ast_raise_list *>  raises
%type <struct ast_raise *>       raise
%type <struct ast_code_list *>   codes
%type <struct ast_code *>        code
%start file

%%
/* a file */
file: version stmts                                 { act_file(p, @$, $stmts); } ;

/* `routes 1` */
version: ROUTES INT[n] SEP                          { act_version(p, @ROUTES, @n); }
       | ROUTES error SEP                           { yyerrok; } ;

/* the statements of a file or block */
stmts: %empty                                       { $$ = NULL; }
     | stmts[all] stmt[more] SEP                    { $$ = act_stmts(p, $all, $more); }
     | stmts[all] error SEP                         { $$ = $all; yyerrok; }
     | stmts[all] error lost SEP                    { $$ = $all; yyerrok; } ;

/* a block */
block: '{' stmts '}'                                { $$ = act_block(p, @$, $stmts); } ;

/* the block of what was not understood: it is read for its own mistakes */
lost: lost_open stmts '}' ;
lost_open: '{'                                      { yyerrok; } ;

/* a statement */
stmt: decl | clause | phase | location | host | route | publish | mount
    | redirect | include | assertion ;

/* ---- names ---- */

/* a name */
ident: IDENT | METHOD | REQUIRE | word ;

/* the name of a published function: `require (` would be a clause */
fname: IDENT | METHOD | word ;

/* a word of the language that may be a name */
word: AS | ASSERT | AT | AUTH | BURST | BY | CACHE | CONSUMES | CORS | CSRF
    | DENY | DEPRECATED | ERRORS | EVERY | EXCEPT | FILTER | FROM | HEADER
    | HOOK | HOST | IMPORT | INCLUDE | INTERPRETER | LIMIT | LOCATION
    | MATCHING | METHODS | MOUNT | ON | ONLY | OPTION | OVERRIDE | PER
    | PRODUCES | PUBLIC | PUBLISH | QUERY | RAISES | REALM | RECORD
    | REDIRECT | REQUIRES | RETURNS | ROUTES | RULE | SETTING | SLASH
    | STRICT | TYPE | UNMATCHED | UNUSED ;

/* a module, or a name in one */
dotted: ident | dotted '.' ident ;

/* module:function */
pyref: dotted[m] ':' dotted[f]                      { $$ = act_pyref(p, @$, @m, @f); } ;

/* Python functions */
pyrefs: pyref[more]                                 { $$ = act_pyrefs(p, NULL, $more); }
      | pyrefs[all] ',' pyref[more]                 { $$ = act_pyrefs(p, $all, $more); } ;

/* the name of a type; `method` is one, and begins no clause */
tname: IDENT | METHOD | METHODS ;

/* names */
names: name[more]                                   { $$ = act_values(p, NULL, $more); }
     | names[all] ',' name[more]                    { $$ = act_values(p, $all, $more); } ;
name: ident                                         { $$ = act_word(p, @$); } ;

/* methods */
methods: method[more]                               { $$ = act_values(p, NULL, $more); }
       | methods[all] ',' method[more]              { $$ = act_values(p, $all, $more); } ;
method: METHOD                                      { $$ = act_word(p, @$); } ;

/* ---- declarations ---- */

/* a declaration */
decl: IMPORT dotted[m]                              { $$ = act_import(p, @$, @m, NONE); }
    | IMPORT dotted[m] AS ident[a]                  { $$ = act_import(p, @$, @m, @a); }
    | SETTING ident[n] ':' type[t] default[v]       { $$ = act_setting(p, @$, @n, $t, $v); }
    | TYPE ident[n] '=' type[t]                     { $$ = act_typedecl(p, @$, @n, $t); }
    | TYPE ident[n] '=' enum[e]                     { $$ = act_typedecl(p, @$, @n, act_enum(p, @e, $e)); }
    | RECORD ident[n] classref[c] '{' fields[f] '}' { $$ = act_record(p, @$, @n, $c, $f); }
    | REALM ident[n] '=' ident[k]                   { $$ = act_realm(p, @$, @n, @k, NULL); }
    | REALM ident[n] '=' ident[k] options[o]        { $$ = act_realm(p, @$, @n, @k, $o); }
    | RULE ident[n] ruleparams[a] '=' expr[e]       { $$ = act_rule(p, @$, @n, $a, $e, NULL); }
    | RULE ident[n] ruleparams[a] "->" pyref[f]     { $$ = act_rule(p, @$, @n, $a, NULL, $f); }
    | INTERPRETER ident[n] options[o]               { $$ = act_interpreters(p, @$, @n, $o); }
    | METHODS methods[m]                            { $$ = act_methods(p, @$, $m); }
    | UNUSED names[n]                               { $$ = act_unused(p, @$, $n); } ;

/* the values of an enumeration */
enum: STRING                                        { $$ = act_targs(p, NULL, act_targ(p, act_string(p, @1))); }
    | enum[all] '|' STRING[s]                       { $$ = act_targs(p, $all, act_targ(p, act_string(p, @s))); } ;

/* the class of a record */
classref: %empty                                    { $$ = NULL; }
        | "->" pyref                                { $$ = $pyref; } ;

/* the fields of a record */
fields: %empty                                      { $$ = NULL; }
      | fields[all] field[more] fsep                { $$ = act_args(p, $all, $more); }
      | fields[all] error fsep                      { $$ = $all; yyerrok; } ;
field: ident[n] ':' type[t] default[v]              { $$ = act_field(p, @$, @n, $t, $v, NONE); }
     | ident[n] ':' type[t] default[v] FROM STRING[w]
                                                    { $$ = act_field(p, @$, @n, $t, $v, @w); }
     | "..."                                        { $$ = act_ellipsis(p, @$); } ;
fsep: ',' | SEP | ',' SEP ;

/* the parameters of a rule */
ruleparams: %empty                                  { $$ = NULL; }
          | '(' params ')'                          { $$ = $params; } ;
params: param[more]                                 { $$ = act_args(p, NULL, $more); }
      | params[all] ',' param[more]                 { $$ = act_args(p, $all, $more); } ;
param: ident[n] ':' type[t]                         { $$ = act_arg(p, @$, @n, $t, NULL, NULL); } ;

/* options */
options: '{' optlist '}'                            { $$ = $optlist; } ;
optlist: %empty                                     { $$ = NULL; }
       | optlist[all] option[more] SEP              { $$ = act_options(p, $all, $more); }
       | optlist[all] error SEP                     { $$ = $all; yyerrok; }
       | optlist[all] error lost SEP                { $$ = $all; yyerrok; } ;
option: ident[n] optvals[v]                         { $$ = act_option(p, @$, @n, $v); } ;
optvals: %empty                                     { $$ = NULL; }
       | optvals[all] optval[more]                  { $$ = act_values(p, $all, $more); } ;

/* the value of an option */
optval: STRING                                      { $$ = act_string(p, @$); }
      | INT                                         { $$ = act_number(p, @$); }
      | FLOAT                                       { $$ = act_decimal(p, @$); }
      | SIZE                                        { $$ = act_size(p, @$); }
      | DURATION                                    { $$ = act_duration(p, @$); }
      | RATE                                        { $$ = act_rate(p, @$); }
      | CIDR                                        { $$ = act_cidr(p, @$); }
      | MIME                                        { $$ = act_mime(p, @$); }
      | TRUE                                        { $$ = act_true(p, @$); }
      | FALSE                                       { $$ = act_false(p, @$); }
      | '$' ident[n]                                { $$ = act_dollar(p, @$, @n); }
      | dotted                                      { $$ = act_word(p, @$); }
      | pyref                                       { $$ = act_pyref_value(p, $pyref); }
      | path                                        { $$ = act_path_value(p, $path); } ;

/* ---- types ---- */

/* a type */
type: tname[n]                                      { $$ = act_type(p, @$, @n, NULL, NULL); }
    | tname[n] '(' targs[a] ')'                     { $$ = act_type(p, @$, @n, NULL, $a); }
    | tname[n] '<' types[i] '>'                     { $$ = act_type(p, @$, @n, $i, NULL); }
    | tname[n] '<' types[i] '>' '(' targs[a] ')'    { $$ = act_type(p, @$, @n, $i, $a); }
    | type[t] MATCHING STRING[r]                    { $$ = act_matching(p, @$, $t, @r); }
    | type[t] '?'                                   { $$ = act_optional(p, @$, $t); } ;
types: type[more]                                   { $$ = act_types(p, NULL, $more); }
     | types[all] ',' type[more]                    { $$ = act_types(p, $all, $more); } ;

/* the limits of a type */
targs: targ[more]                                   { $$ = act_targs(p, NULL, $more); }
     | targs[all] ',' targ[more]                    { $$ = act_targs(p, $all, $more); } ;
targ: num[low] ".." num[high]                       { $$ = act_range(p, @$, $low, $high); }
    | ".." num[high]                                { $$ = act_range(p, @$, NULL, $high); }
    | num[low] ".."                                 { $$ = act_range(p, @$, $low, NULL); }
    | num                                           { $$ = act_targ(p, $num); }
    | STRING                                        { $$ = act_targ(p, act_string(p, @$)); }
    | MIME                                          { $$ = act_targ(p, act_mime(p, @$)); } ;

/* a number */
num: number
   | SIZE                                           { $$ = act_size(p, @$); }
   | DURATION                                       { $$ = act_duration(p, @$); } ;
number: INT                                         { $$ = act_number(p, @$); }
      | FLOAT                                       { $$ = act_decimal(p, @$); }
      | '-' INT                                     { $$ = act_number(p, @$); }
      | '-' FLOAT                                   { $$ = act_decimal(p, @$); } ;

/* a literal */
literal: STRING                                     { $$ = act_string(p, @$); }
       | num
       | TRUE                                       { $$ = act_true(p, @$); }
       | FALSE                                      { $$ = act_false(p, @$); }
       | NULL                                       { $$ = act_null(p, @$); }
       | '[' ']'                                    { $$ = act_empty_list(p, @$); }
       | '$' ident[n]                               { $$ = act_dollar(p, @$, @n); } ;

/* ---- paths ---- */

/* a path */
path: pparts P_END                                  { $$ = act_path(p, @pparts, $pparts); }
    | DOTPATH                                       { $$ = act_dot(p, @$); } ;

/* a path with stars */
glob: pparts P_END                                  { $$ = act_glob(p, @pparts, $pparts); }
    | DOTPATH                                       { $$ = act_dot(p, @$); } ;

/* a piece of a path */
pparts: ppart[more]                                 { $$ = act_parts(p, NULL, $more); }
      | pparts[all] ppart[more]                     { $$ = act_parts(p, $all, $more); } ;
ppart: P_LIT                                        { $$ = act_literal(p, @$); }
     | P_OPEN IDENT[n] P_CLOSE                      { $$ = act_param(p, @$, @n, NULL); }
     | P_OPEN IDENT[n] ':' type[t] P_CLOSE          { $$ = act_param(p, @$, @n, $t); }
     | P_OPEN error P_CLOSE                         { $$ = act_bad_param(p, @$); yyerrok; }
     | P_OPEN error P_BAD                           { $$ = act_bad_param(p, @$); yyerrok; } ;
paths: path[more]                                   { $$ = act_paths(p, NULL, $more); }
     | paths[all] ',' path[more]                    { $$ = act_paths(p, $all, $more); } ;
globs: glob[more]                                   { $$ = act_paths(p, NULL, $more); }
     | globs[all] ',' glob[more]                    { $$ = act_paths(p, $all, $more); } ;

/* ---- places ---- */

/* a location */
location: LOCATION path[at] clauses[c] block[b]     { $$ = act_location(p, @$, $at, $c, $b); } ;

/* a host */
host: HOST hostnames[n] clauses[c] block[b]         { $$ = act_host(p, @$, $n, $c, $b); } ;
hostnames: hostname[more]                           { $$ = act_values(p, NULL, $more); }
         | hostnames[all] ',' hostname[more]        { $$ = act_values(p, $all, $more); } ;
hostname: STRING                                    { $$ = act_string(p, @$); }
        | '$' ident[n]                              { $$ = act_dollar(p, @$, @n); } ;

/* ---- routes ---- */

/* a route */
route: methods[m] paths[at] "->" call[f] clauses[c] rblock[b]
                                                    { $$ = act_route(p, @$, $m, $at, $f, $c, $b); }
     | methods[m] paths[at] BY ident[s] clauses[c] '{' variants[v] '}'
                                                    { $$ = act_variants(p, @$, $m, $at, @s, NONE, $c, $v); }
     | methods[m] paths[at] BY ident[s] STRING[n] clauses[c] '{' variants[v] '}'
                                                    { $$ = act_variants(p, @$, $m, $at, @s, @n, $c, $v); } ;

/* a call */
call: pyref[f]                                      { $$ = act_call(p, @$, $f, 0, NULL); }
    | pyref[f] '(' ')'                              { $$ = act_call(p, @$, $f, 1, NULL); }
    | pyref[f] '(' args[a] ')'                      { $$ = act_call(p, @$, $f, 1, $a); }
    | pyref[f] '(' error ')'                        { $$ = act_call(p, @$, $f, 0, NULL); yyerrok; } ;

/* an argument */
args: arg[more]                                     { $$ = act_args(p, NULL, $more); }
    | args[all] ',' arg[more]                       { $$ = act_args(p, $all, $more); } ;
arg: ident[n] argtype[t] default[v] source[s]       { $$ = act_arg(p, @$, @n, $t, $v, $s); } ;
argtype: %empty                                     { $$ = NULL; }
       | ':' type                                   { $$ = $type; } ;
default: %empty                                     { $$ = NULL; }
       | '=' literal                                { $$ = $literal; } ;
source: %empty                                      { $$ = NULL; }
      | FROM ident[s]                               { $$ = act_source(p, @s, NONE); }
      | FROM ident[s] STRING[n]                     { $$ = act_source(p, @s, @n); } ;

/* the block of a route: clauses and phases */
rblock: %empty                                      { $$ = NULL; }
      | '{' rstmts '}'                              { $$ = act_block(p, @$, $rstmts); } ;
rstmts: %empty                                      { $$ = NULL; }
      | rstmts[all] clause[more] SEP                { $$ = act_stmts(p, $all, $more); }
      | rstmts[all] phase[more] SEP                 { $$ = act_stmts(p, $all, $more); }
      | rstmts[all] error SEP                       { $$ = $all; yyerrok; }
      | rstmts[all] error lost SEP                  { $$ = $all; yyerrok; } ;

/* the variants of a route */
variants: %empty                                    { $$ = NULL; }
        | variants[all] variant[more] SEP           { $$ = act_stmts(p, $all, $more); }
        | variants[all] error SEP                   { $$ = $all; yyerrok; }
        | variants[all] error lost SEP              { $$ = $all; yyerrok; } ;
variant: vkey[k] "->" call[f] clauses[c]            { $$ = act_variant(p, @$, $k, $f, $c); } ;
vkey: IDENT                                         { $$ = act_word(p, @$); }
    | STRING                                        { $$ = act_string(p, @$); }
    | MIME                                          { $$ = act_mime(p, @$); } ;

/* a library of functions */
publish: PUBLISH pubmethods[m] path[at] "->" dotted[d] clauses[c] pblock[b]
                                                    { $$ = act_publish(p, @$, $m, $at, @d, $c, $b); } ;
pubmethods: %empty                                  { $$ = NULL; }
          | methods ;
pblock: '{' pubs '}'                                { $$ = act_block(p, @$, $pubs); } ;
pubs: %empty                                        { $$ = NULL; }
    | pubs[all] pub[more] SEP                       { $$ = act_stmts(p, $all, $more); }
    | pubs[all] clause[more] SEP                    { $$ = act_stmts(p, $all, $more); }
    | pubs[all] error SEP                           { $$ = $all; yyerrok; }
    | pubs[all] error lost SEP                      { $$ = $all; yyerrok; } ;
pub: fname[n] '(' ')' clauses[c]                    { $$ = act_function(p, @$, @n, NULL, $c); }
   | fname[n] '(' args[a] ')' clauses[c]            { $$ = act_function(p, @$, @n, $a, $c); } ;

/* a mount */
mount: MOUNT path[at] ident[k] mtarget[t] clauses[c] mblock[b]
                                                    { $$ = act_mount(p, @$, $at, @k, $t, $c, $b); } ;
mtarget: STRING                                     { $$ = act_string(p, @$); }
       | pyref                                      { $$ = act_pyref_value(p, $pyref); }
       | name
       | '$' ident[n]                               { $$ = act_dollar(p, @$, @n); } ;
mblock: %empty                                      { $$ = NULL; }
      | '{' mstmts '}'                              { $$ = act_block(p, @$, $mstmts); } ;
mstmts: %empty                                      { $$ = NULL; }
      | mstmts[all] clause[more] SEP                { $$ = act_stmts(p, $all, $more); }
      | mstmts[all] phase[more] SEP                 { $$ = act_stmts(p, $all, $more); }
      | mstmts[all] IDENT[n] optvals[v] SEP         { $$ = act_stmts(p, $all, act_mount_option(p, act_option(p, span_join(@n, @v), @n, $v))); }
      | mstmts[all] error SEP                       { $$ = $all; yyerrok; }
      | mstmts[all] error lost SEP                  { $$ = $all; yyerrok; } ;

/* a redirect */
redirect: REDIRECT path[at] INT[s] rtarget[t] clauses[c] rblock[b]
                                                    { $$ = act_redirect(p, @$, $at, @s, $t, $c, $b); } ;
rtarget: path                                       { $$ = act_path_value(p, $path); }
       | STRING                                     { $$ = act_string(p, @$); } ;

/* an include */
include: INCLUDE STRING[f] clauses[c] rblock[b]     { $$ = act_include(p, @$, @f, NULL, $c, $b); }
       | INCLUDE STRING[f] AT path[at] clauses[c] rblock[b]
                                                    { $$ = act_include(p, @$, @f, $at, $c, $b); } ;

/* ---- clauses ---- */

/* the clauses on a line */
clauses: %empty                                     { $$ = NULL; }
       | clauses[all] clause[more]                  { $$ = act_stmts(p, $all, $more); } ;

/* a clause */
clause: decision
      | OVERRIDE decision[c]                        { $$ = act_override(p, @$, $c); }
      | AS ident[n]                                 { $$ = act_as(p, @$, @n); }
      | DENY AS INT[s]                              { $$ = act_deny(p, @$, @s); }
      | UNMATCHED INT[s]                            { $$ = act_unmatched(p, @$, act_number(p, @s)); }
      | UNMATCHED IDENT[w]                          { $$ = act_unmatched(p, @$, act_word(p, @w)); }
      | PRODUCES formats[f]                         { $$ = act_produces(p, @$, $f); }
      | CONSUMES formats[f]                         { $$ = act_consumes(p, @$, $f); }
      | QUERY STRICT                                { $$ = act_query(p, @$); }
      | RETURNS results[r]                          { $$ = act_returns(p, @$, $r); }
      | RAISES raises[r]                            { $$ = act_raises_clause(p, @$, $r); }
      | HEADER STRING[n] STRING[v]                  { $$ = act_header(p, @$, @n, @v); }
      | CACHE DURATION[d]                           { $$ = act_cache(p, @$, act_duration(p, @d)); }
      | CACHE IDENT[w]                              { $$ = act_cache(p, @$, act_word(p, @w)); }
      | CORS options[o]                             { $$ = act_cors(p, @$, NONE, $o); }
      | CORS IDENT[w]                               { $$ = act_cors(p, @$, @w, NULL); }
      | CSRF                                        { $$ = act_csrf(p, @$, NONE); }
      | CSRF IDENT[w]                               { $$ = act_csrf(p, @$, @w); }
      | SLASH ident[w]                              { $$ = act_slash(p, @$, @w); }
      | INTERPRETER ident[n]                        { $$ = act_interpreter(p, @$, @n, 0); }
      | INTERPRETER PER IDENT[n]                    { $$ = act_interpreter(p, @$, @n, 1); }
      | OPTION ident[n]                             { $$ = act_option_clause(p, @$, @n, NONE); }
      | OPTION ident[n] STRING[v]                   { $$ = act_option_clause(p, @$, @n, @v); }
      | DEPRECATED                                  { $$ = act_deprecated(p, @$, NONE); }
      | DEPRECATED STRING[s]                        { $$ = act_deprecated(p, @$, @s); } ;

/* what `override` may stand before */
decision: PUBLIC                                    { $$ = act_public(p, @$); }
        | REQUIRE expr[e]                           { $$ = act_require(p, @$, $e); }
        | AUTH realms[r]                            { $$ = act_auth(p, @$, $r); }
        | LIMIT limits[l]                           { $$ = act_limit_clause(p, @$, $l); } ;

/* realms */
realms: name[more]                                  { $$ = act_values(p, NULL, $more); }
      | realms[all] OR name[more]                   { $$ = act_values(p, $all, $more); } ;

/* a limit */
limits: limit[more]                                 { $$ = act_limits(p, NULL, $more); }
      | limits[all] ',' limit[more]                 { $$ = act_limits(p, $all, $more); } ;
limit: ident[w] num[v] limopts[o]                   { $$ = act_limit(p, @$, @w, $v, $o); }
     | ident[w] RATE[v] limopts[o]                  { $$ = act_limit(p, @$, @w, act_rate(p, @v), $o); }
     | ident[w] IDENT[v]                            { $$ = act_limit(p, @$, @w, act_word(p, @v), NULL); } ;
limopts: %empty                                     { $$ = NULL; }
       | limopts[all] PER ident[n]                  { $$ = act_per(p, $all, @n); }
       | limopts[all] BURST INT[n]                  { $$ = act_burst(p, $all, @n); } ;

/* a format */
formats: format[more]                               { $$ = act_values(p, NULL, $more); }
       | formats[all] ',' format[more]              { $$ = act_values(p, $all, $more); } ;
format: IDENT                                       { $$ = act_word(p, @$); }
      | MIME                                        { $$ = act_mime(p, @$); }
      | STRING                                      { $$ = act_string(p, @$); } ;

/* a result */
results: result[more]                               { $$ = act_results(p, NULL, $more); }
       | results[all] ',' result[more]              { $$ = act_results(p, $all, $more); } ;
result: INT[s]                                      { $$ = act_result(p, @$, @s, NULL, NONE); }
      | INT[s] type[t]                              { $$ = act_result(p, @$, @s, $t, NONE); }
      | INT[s] MIME[m]                              { $$ = act_result(p, @$, @s, NULL, @m); }
      | type[t]                                     { $$ = act_result(p, @$, NONE, $t, NONE); }
      | MIME[m]                                     { $$ = act_result(p, @$, NONE, NULL, @m); } ;

/* an exception and its status */
raises: raise[more]                                 { $$ = act_raises(p, NULL, $more); }
      | raises[all] ',' raise[more]                 { $$ = act_raises(p, $all, $more); } ;
raise: exception[e] AS INT[s]                       { $$ = act_raise(p, @$, $e, @s); } ;
exception: dotted[d]                                { $$ = act_pyref(p, @$, NONE, @d); }
         | pyref ;

/* ---- rules ---- */

/* a requirement */
expr: expr[l] OR expr[r]                            { $$ = act_or(p, @$, $l, $r); }
    | expr[l] AND expr[r]                           { $$ = act_and(p, @$, $l, $r); }
    | NOT expr[e]                                   { $$ = act_not(p, @$, $e); }
    | '(' expr[e] ')'                               { $$ = act_parens(p, @$, $e); }
    | ident[n]                                      { $$ = act_atom(p, @$, @n, 0, NULL); }
    | ident[n] '(' eargs[a] ')'                     { $$ = act_atom(p, @$, @n, 1, $a); } ;

/* an argument of a rule */
eargs: earg[more]                                   { $$ = act_values(p, NULL, $more); }
     | eargs[all] ',' earg[more]                    { $$ = act_values(p, $all, $more); } ;
earg: ident                                         { $$ = act_word(p, @$); }
    | STRING                                        { $$ = act_string(p, @$); }
    | INT                                           { $$ = act_number(p, @$); }
    | CIDR                                          { $$ = act_cidr(p, @$); }
    | '$' ident[n]                                  { $$ = act_dollar(p, @$, @n); } ;

/* ---- phases ---- */

/* a hook, a filter, an error page, an event */
phase: HOOK ident[n] "->" pyrefs[f]                 { $$ = act_hook(p, @$, @n, $f); }
     | FILTER ident[n] "->" pyref[f]                { $$ = act_filter(p, @$, @n, NONE, $f); }
     | FILTER ident[n] MIME[m] "->" pyref[f]        { $$ = act_filter(p, @$, @n, @m, $f); }
     | ERRORS codes[c] "->" pyref[f]                { $$ = act_error(p, @$, $c, $f); }
     | ON ident[n] "->" pyref[f]                    { $$ = act_on(p, @$, @n, $f); } ;

/* a status, or a range of them */
codes: code[more]                                   { $$ = act_codes(p, NULL, $more); }
     | codes[all] ',' code[more]                    { $$ = act_codes(p, $all, $more); } ;
code: INT[s]                                        { $$ = act_code(p, @$, @s, @s); }
    | INT[l] ".." INT[h]                            { $$ = act_code(p, @$, @l, @h); } ;

/* ---- policy ---- */

/* an assertion */
assertion: ASSERT EVERY globs[g] REQUIRES expr[e] except[x]
                                                    { $$ = act_assert_every(p, @$, NULL, $g, $e, $x); }
         | ASSERT EVERY methods[m] globs[g] REQUIRES expr[e] except[x]
                                                    { $$ = act_assert_every(p, @$, $m, $g, $e, $x); }
         | ASSERT PUBLIC ONLY globs[g]              { $$ = act_assert_public(p, @$, $g); }
         | ASSERT methods[m] glob[u] "->" outcome[o]
                                                    { $$ = act_assert_route(p, @$, $m, $u, NULL, $o); }
         | ASSERT methods[m] glob[u] AS expr[e] "->" outcome[o]
                                                    { $$ = act_assert_route(p, @$, $m, $u, $e, $o); } ;
except: %empty                                      { $$ = NULL; }
      | EXCEPT globs                                { $$ = $globs; } ;
outcome: INT                                        { $$ = act_number(p, @$); }
       | pyref                                      { $$ = act_pyref_value(p, $pyref); } ;
%%

/* Says what was found and what could have stood there. */
static int
yyreport_syntax_error(const yypcontext_t *context, struct layout *layout,
                      struct parse *p)
{
    const char *names[YYNTOKENS];
    yysymbol_kind_t kinds[YYNTOKENS];
    struct span at = *yypcontext_location(context);
    bool begins;
    int count;

    if (layout_quiet(layout) || layout_lost(layout)) {
        return 0;
    }
    if (layout_in_param(layout)) {
        layout_fault(layout, at, ACT_PARAM_BAD);
        return 0;
    }
    count = yypcontext_expected_tokens(context, kinds, YYNTOKENS);
    for (int i = 0; i < count; i++) {
        names[i] = yysymbol_name(kinds[i]);
    }
    begins = layout_begins(layout);
    layout->misread =
        act_unexpected(p, at, yysymbol_name(yypcontext_token(context)), names,
                       count, begins && layout->failed) &&
        begins;
    layout_hush(layout);
    return 0;
}

/* Only for a full stack: the layout's limit on depth comes first. */
static void
grammar_error(struct span *at, struct layout *layout, struct parse *p,
              const char *message)
{
    (void)message;
    (void)p;
    layout_fault(layout, *at, ACT_TOO_DEEP);
}
